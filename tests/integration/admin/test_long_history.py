"""The admin over a long history: pages read no more of it than of a short one."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.integration.desk import listing, text_of
from tests.integration.rest import content_of
from tests.integration.work import plan_as_for_large_tables, work_of
from uploads import failures, finding, overview, seeding
from uploads.admin import change_list, long_lists
from uploads.admin import uploads as upload_pages
from uploads.admin.events import EventAdmin
from uploads.admin.images import ImageAdmin
from uploads.admin.machines import ApiKeyAdmin, WebhookAdmin, WebhookDeliveryAdmin
from uploads.admin.predictions import PredictionAdmin
from uploads.admin.uploads import UploadAdmin
from uploads.admin.usage import UsageAdmin
from uploads.catalog import split_watch
from uploads.models import (
    ApiKey,
    Event,
    Image,
    Model,
    Prediction,
    Session,
    TrafficSplit,
    Upload,
    Usage,
    User,
    Webhook,
    WebhookDelivery,
    Worker,
)
from uploads.queue import backlog, places

pytestmark = pytest.mark.django_db

FAILED = "/admin/failures/retry/?code=unreadable_image&model=ocr&within=all"
PREDICTIONS, EVENTS = listing(Prediction), listing(Event)
PAGES = [
    "/admin/",
    "/admin/find/?q=photo",
    "/admin/find/?q=no-such-thing",
    "/admin/find/?q=198.51.100.7",
    "/admin/find/?q=0123456789",
    "/admin/find/?q=77",
    "/admin/failures/",
    "/admin/failures/?within=all",
    FAILED,
    *(listing(table) for table in (Upload, Image, Prediction, Event, User, Usage, Worker)),
    f"{PREDICTIONS}?p=2",
    f"{PREDICTIONS}?o=2",
    f"{PREDICTIONS}?state__exact=failed",
    f"{listing(Usage)}?model__exact=none",
    f"{listing(Usage)}?protocol__exact=rest",
    f"{PREDICTIONS}?q=77",
    f"{PREDICTIONS}?q=no-such-thing",
    *(f"{listing(table)}?q=seeded-007" for table in (Upload, Image, Prediction)),
    f"{PREDICTIONS}?state__exact=succeeded&model__exact=none",
    f"{PREDICTIONS}?state__exact=failed&error_code__exact=unreadable_image&model__exact=ocr",
    f"{PREDICTIONS}?model__exact=none",
    f"{EVENTS}?kind__exact=image.viewed",
    f"{EVENTS}?q=77",
    f"{EVENTS}?during=30-days",
    f"{EVENTS}?from=2020-01-01&kind__exact=image.viewed",
    f"{PREDICTIONS}?during=7-days&state__exact=failed",
    f"{listing(Image)}?during=30-days&q=no-such-thing",
    f"{listing(Usage)}?during=30-days&model__exact=none",
    f"{EVENTS}?model__exact=none&error_code__exact=none",
    f"{listing(Upload)}?state=running",
    f"{listing(Upload)}?q=198.51.100.7",
    f"{listing(Upload)}?q=no-such-thing",
    f"{listing(Image)}?q=no-such-thing",
    f"{listing(Image)}?for_model=none",
    *(f"{PREDICTIONS}77/change/", f"{listing(Image)}77/change/", f"{listing(Upload)}7/change/"),
]

OF_PROGRAMS = [
    *(listing(table) for table in (Session, ApiKey, Webhook, WebhookDelivery)),
    *(f"{listing(table)}?q=seeded-007" for table in (Session, ApiKey, Webhook, WebhookDelivery)),
    f"{listing(Session)}?q=198.51.100.7",
    f"{listing(Session)}?o=4",
    f"{listing(WebhookDelivery)}?status__exact=failed",
    f"{listing(WebhookDelivery)}?error_code__isempty=0",
    f"{listing(WebhookDelivery)}?q=77",
]
TRAFFIC = ["/admin/uploads/model/ocr/change/", f"{listing(TrafficSplit)}7/change/"]


TABLES = [
    *(EventAdmin, ImageAdmin, PredictionAdmin, UploadAdmin, UsageAdmin),
    *(ApiKeyAdmin, WebhookAdmin, WebhookDeliveryAdmin),
]


@pytest.fixture
def short_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """So short that a short history reaches them too."""
    for module, name in (
        *((table, "stretch") for table in TABLES),
        (change_list, "MOST_LISTED"),
        (long_lists, "MOST_FOUND"),
        (finding, "TEXTS_READ"),
        (finding, "NAMES_READ"),
        (upload_pages, "_NAMES_READ"),
        (failures, "LOOKED_AT"),
        (overview, "SAMPLE"),
        (overview, "_SAMPLED_FROM"),
        (backlog, "MOST_COUNTED"),
        (backlog, "POSITIONS_COUNTED"),
        (places, "POSITIONS_COUNTED"),
        (split_watch, "LOOKED_AT"),
    ):
        monkeypatch.setattr(module, name, 100)


@pytest.fixture
def traffic(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A split that is judged by all of its history."""
    monkeypatch.setattr(split_watch, "WINDOW", timedelta(days=9000))
    Model.objects.get_or_create(name="ocr")
    TrafficSplit.objects.create(
        pk=7,
        model="ocr",
        from_version="1",
        to_version="2",
        percent=10,
        watched_since=timezone.now() - timedelta(days=9000),
    )


@pytest.fixture
def offered(db: None) -> None:
    """Models that workers have offered."""
    for name in ("ocr", "background-removal", "style-transfer", "digits"):
        Model.objects.create(name=name)


def lengthen(predictions: int) -> None:
    for _ in seeding.seed(predictions, 3 * predictions):
        pass
    # What was used in a month is summed up, however long the history is.
    Usage.objects.filter(pk__gt=Usage.objects.order_by("pk")[100].pk).delete()


def for_programs(count: int) -> None:
    """Sign-ins, keys, and a webhook of each with its delivery; all told, so many of each."""
    names = [f"seeded-{number:03}" for number in range(50)]
    User.objects.bulk_create(
        [User(username=name, username_key=name) for name in names], ignore_conflicts=True
    )
    people = list(User.objects.filter(username__in=names).order_by("pk"))
    of = [people[number % len(people)] for number in range(count)]
    now, start = timezone.now(), Webhook.objects.count()
    Session.objects.bulk_create(
        Session(user=user, address=f"198.51.100.{number % 250}", created_at=now)
        for number, user in enumerate(of)
    )
    ApiKey.objects.bulk_create(
        ApiKey(user=user, name="nightly", prefix=f"{start + number:x}", scopes=["read"])
        for number, user in enumerate(of)
    )
    hooks = Webhook.objects.bulk_create(
        Webhook(user=user, url="https://example.com", kinds=[], after_seq=0) for user in of
    )
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(webhook=hook, kind="prediction.failed", status="delivered", ended_at=now)
        for hook in hooks
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def shown(desk: Client, page: str) -> None:
    text_of(desk.get(page))


def risen(
    desk: Client, pages: Sequence[str], grow: Callable[[], None]
) -> dict[str, tuple[int, int]]:
    """The pages that cost more once the tables have grown: what each cost before, and after."""
    before = {page: work_of(partial(shown, desk, page)) for page in pages}
    grow()
    after = {page: work_of(partial(shown, desk, page)) for page in pages}
    slack = 500 if connection.vendor == "postgresql" else 10_000
    return {
        page: (work, after[page])
        for page, work in before.items()
        if after[page] > 1.3 * work + slack
    }


def test_a_history_four_times_as_long_costs_pages_no_more(
    desk: Client, short_bounds: None, offered: None
) -> None:
    plan_as_for_large_tables()
    lengthen(3200)
    text_of(desk.get("/admin/"))
    assert risen(desk, PAGES, lambda: lengthen(9600)) == {}


def test_sign_ins_keys_and_deliveries_cost_no_more_when_there_are_many(
    desk: Client, short_bounds: None
) -> None:
    plan_as_for_large_tables()
    for_programs(400)
    text_of(desk.get("/admin/"))
    assert risen(desk, OF_PROGRAMS, lambda: for_programs(2800)) == {}


def test_a_split_is_judged_at_no_more_cost_by_a_longer_history(
    desk: Client, short_bounds: None, traffic: None
) -> None:
    plan_as_for_large_tables()
    lengthen(3200)
    assert risen(desk, TRAFFIC, lambda: lengthen(9600)) == {}


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
