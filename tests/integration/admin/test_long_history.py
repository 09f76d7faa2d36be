"""The admin over a long history: pages read no more of it than of a short one."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.integration.desk import lengthen, listing, text_of
from tests.integration.work import plan_as_for_large_tables, work_of
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
