"""Lists over a long history: how far they look, and that they go further back."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client

from tests.integration.desk import lengthen, listing, text_of
from tests.integration.rest import content_of
from uploads.models import Event, Prediction

pytestmark = pytest.mark.django_db

PREDICTIONS, EVENTS = listing(Prediction), listing(Event)


def test_a_list_says_how_far_it_has_looked_and_goes_further_back(
    desk: Client, short_bounds: None
) -> None:
    lengthen(800)
    oldest = Prediction.objects.earliest("pk")
    Prediction.objects.filter(pk=oldest.pk).update(model="rare")
    address = f"{PREDICTIONS}?model__exact=rare"
    body = text_of(desk.get(address))
    assert "look through 100 rows at a time" in body
    assert "Look further back" in body
    found = text_of(desk.get(f"{address}&before={oldest.pk + 50}"))
    assert f">{oldest.pk}<" in found
    assert "Look further back" not in found
    assert "The first 100 are listed" in text_of(desk.get(PREDICTIONS))


def test_what_an_index_finds_is_found_however_old_it_is(desk: Client, short_bounds: None) -> None:
    lengthen(800)
    oldest = Prediction.objects.earliest("pk")
    Prediction.objects.filter(pk=oldest.pk).update(
        state="failed", error_code="rare", output=None, output_path=""
    )
    for query in ("state__exact=failed&error_code__exact=rare", f"q={oldest.pk}"):
        body = text_of(desk.get(f"{PREDICTIONS}?{query}"))
        assert f">{oldest.pk}<" in body
        assert "rows at a time" not in body


def test_an_export_has_all_that_the_filter_leaves(desk: Client, short_bounds: None) -> None:
    lengthen(800)
    answer = desk.get(f"{EVENTS}export/jsonl/?kind__exact=prediction.queued")
    archive = ZipFile(BytesIO(content_of(answer)))
    (name,) = [one for one in archive.namelist() if one.endswith(".jsonl")]
    assert archive.read(name).count(b"\n") == 800


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "\0", "1" * 5000])
def test_an_address_that_looks_before_nothing_looks_at_the_newest(
    desk: Client, before: str, db: None
) -> None:
    for asked in ({"before": before}, {"q": before}):
        assert desk.get(PREDICTIONS, asked).status_code in {200, 302}
