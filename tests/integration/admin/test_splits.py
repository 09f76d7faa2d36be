"""Splitting traffic in the admin: explained and counted before, seen on the model's page."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from tests.integration.desk import REASON, listing, page, text_of
from tests.integration.rest import file, uploaded
from uploads.models import Event, Model, TrafficSplit, Usage, User

pytestmark = pytest.mark.django_db

WISH: dict[str, Any] = {
    "model": "ocr",
    "label": "stable",
    "from_version": "1",
    "to_version": "2",
    "percent": 100,
    "margin": 10,
    "min_samples": 50,
}
CONFIRMED = {"confirmed": "1", "reason": REASON}


def start(**changes: Any) -> str:
    return f"/admin/splits/start/?{urlencode({**WISH, **changes})}"


def address(act: str, **query: Any) -> str:
    return f"/admin/splits/{TrafficSplit.objects.get().pk}/{act}/?{urlencode(query)}"


def done(desk: Client, where: str) -> str:
    return text_of(desk.post(where, CONFIRMED, follow=True))


def state() -> tuple[str, int]:
    split = TrafficSplit.objects.get()
    return split.state, split.percent


def test_a_split_is_explained_and_asks_for_a_reason_before_it_begins(
    desk: Client, as_ada: APIClient
) -> None:
    uploaded(as_ada, file(), file())
    body = text_of(desk.get(start(percent=15)))
    assert "15 % of the uploads that ask for the label stable get version 2" in body
    assert "with 2 queued predictions of 1 user?" in body
    assert "A reason is needed." in text_of(desk.post(start(), {"confirmed": "1"}))
    assert not TrafficSplit.objects.exists()


def test_an_operator_begins_changes_finishes_takes_back_and_removes_it(
    desk: Client, boss: User, as_ada: APIClient
) -> None:
    assert "The traffic of ocr is split." in done(desk, start())
    assert state() == ("running", 100)
    uploaded(as_ada, model_version="stable")
    assert "is at 40 % now" in done(desk, address("change", percent=40))
    assert state() == ("running", 40)
    assert "is finished" in done(desk, address("finish"))
    body = text_of(desk.get(page(Model, "ocr")))
    assert "Darkroom does not write into the model's folder" in body
    asked = text_of(desk.get(address("take_back")))
    assert "so does what waits for version 2 by this split" in asked
    assert "with 1 queued prediction of 1 user?" in asked
    assert "is taken back" in done(desk, address("take_back"))
    assert state() == ("rolled_back", 0)
    assert "is removed" in done(desk, address("remove"))
    assert not TrafficSplit.objects.exists()
    told = Event.objects.filter(kind__startswith="model.split")
    assert set(told.values_list("actor_id", "reason")) == {(boss.pk, REASON)}
    assert told.count() == 5


def test_the_models_page_plots_both_versions(desk: Client, ada: User, models: None) -> None:
    done(desk, start(percent=20))
    now = timezone.now().replace(second=0, microsecond=0)
    for version, requests, failures in (("1", 1900, 19), ("2", 100, 4)):
        Usage.objects.create(
            user=ada,
            model="ocr",
            version=version,
            protocol="upload",
            minute=now,
            requests=requests,
            items=requests,
            failures=failures,
            compute_ms=requests * 250,
        )
    own = text_of(desk.get(page(TrafficSplit, TrafficSplit.objects.get().pk)))
    for body in (text_of(desk.get(page(Model, "ocr"))), own):
        assert "version 1 → 2, 20 % (running)" in body
        for figure in ("1,900", "1.0%", "4.0%", "250 ms"):
            assert figure in body, figure
        assert f"{now:%H}:00, version 2: 100" in body
        assert body.count('<svg class="dr-plot"') == 3
    assert "How it is judged" in own


def test_the_list_names_what_is_split_also_of_a_model_that_is_gone(
    desk: Client, models: None
) -> None:
    done(desk, start())
    Model.objects.all().delete()
    body = text_of(desk.get(listing(TrafficSplit)))
    assert "the label stable" in body
    assert "1 → 2" in body
    assert "is taken back" in done(desk, address("take_back"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"percent": "many"}, "whole number"),
        ({"percent": "9" * 30}, "whole number"),
        ({"percent": "101"}, "from 0 to 100"),
        ({"label": "canary"}, "has no label"),
        ({"from_version": "x" * 5000}, "has no version"),
        ({"model": "n" * 5000}, "no model named"),
        ({"to_version": "1" * 25}, "is a number"),
    ],
)
def test_what_makes_no_sense_is_told_in_a_sentence(
    desk: Client, models: None, changes: dict[str, str], sentence: str
) -> None:
    assert sentence in text_of(desk.get(start(**changes), follow=True))
    assert not TrafficSplit.objects.exists()


def test_what_no_column_holds_or_nobody_has_is_no_error_of_the_server(
    desk: Client, models: None
) -> None:
    assert desk.get(start(model="o\0cr")).status_code == 400
    assert desk.get("/admin/splits/77/finish/").status_code == 404
    assert desk.get(f"/admin/splits/{10**30}/finish/").status_code == 404
    done(desk, start())
    assert desk.get(address("dance")).status_code == 404
    assert "whole number" in text_of(desk.get(address("change", percent="x"), follow=True))
    assert "already" in done(desk, start())


def test_the_model_page_asks_no_more_than_other_pages(desk: Client, models: None) -> None:
    done(desk, start())
    with CaptureQueriesContext(connection) as asked:
        text_of(desk.get(page(Model, "ocr")))
    assert len(asked) <= 12, "\n".join(one["sql"] for one in asked.captured_queries)


def test_a_split_that_was_taken_back_by_itself_says_why(desk: Client, as_ada: APIClient) -> None:
    done(desk, start())
    assert REASON in text_of(desk.get(listing(TrafficSplit)))
    TrafficSplit.objects.update(
        state=TrafficSplit.State.ROLLED_BACK, percent=0, actor_id=None, reason=""
    )
    for where in (listing(TrafficSplit), page(TrafficSplit, TrafficSplit.objects.get().pk)):
        assert "too much failed" in text_of(desk.get(where))
