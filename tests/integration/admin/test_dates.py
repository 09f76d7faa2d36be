"""Lists by date: any range, step by step from years to hours, and the days before today."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.integration.desk import listing, text_of
from tests.integration.work import plan_as_for_large_tables
from uploads.admin.events import EventAdmin
from uploads.id_ranges import Dated, id_ranges
from uploads.models import (
    ApiKey,
    Event,
    Image,
    Model,
    Prediction,
    Session,
    Upload,
    Usage,
    User,
    Worker,
)

pytestmark = pytest.mark.django_db

FIRST = datetime(2025, 12, 30, tzinfo=UTC)
EVERY = timedelta(hours=4)
ROWS = 6 * 40


@pytest.fixture
def forty_days(ada: User) -> None:
    """A row every four hours for forty days, in every list by date; ids have gaps."""
    times = [FIRST + number * EVERY for number in range(ROWS)]
    ids = range(100, 100 + 3 * ROWS, 3)
    rows = list(zip(ids, times, strict=True))
    Event.objects.bulk_create(
        Event(pk=pk, at=at, user_id=ada.pk, kind="user.signed_in") for pk, at in rows
    )
    Upload.objects.bulk_create(
        Upload(pk=pk, created_at=at, user=ada, model="ocr") for pk, at in rows
    )
    Image.objects.bulk_create(
        Image(pk=pk, upload_id=pk, image_name=f"n{pk}.png", position=1, width=1, height=1, size=1)
        for pk, _ in rows
    )
    Prediction.objects.bulk_create(
        Prediction(pk=pk, image_id=pk, user=ada, model="ocr", created_at=at) for pk, at in rows
    )
    Usage.objects.bulk_create(
        Usage(pk=pk, user=ada, model="ocr", version="1", protocol="upload", minute=at)
        for pk, at in rows
    )
    Session.objects.bulk_create(Session(user=ada, created_at=at) for at in times)
    ApiKey.objects.bulk_create(
        ApiKey(pk=pk, user=ada, name="nightly", prefix=f"{pk:x}", scopes=["read"], created_at=at)
        for pk, at in rows
    )


TIMES = {
    Event: "at",
    Upload: "created_at",
    Image: "upload__created_at",
    Prediction: "created_at",
    Usage: "minute",
    Session: "created_at",
    ApiKey: "created_at",
}


def bar_of(body: str) -> dict[str, str]:
    """The links of a list's bar of dates, by their texts."""
    bar = body.split('<div class="dr-dates">')[1].split("</nav>", maxsplit=1)[0]
    return {
        text: unescape(at) for at, text in re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', bar)
    }


def listed(desk: Client, table: Any, query: str) -> list[datetime]:
    """The times of the rows of a list, the newest first."""
    shown: Any = desk.get(f"{listing(table)}?{query}").context["cl"]
    rows = table.objects.filter(pk__in=[row.pk for row in shown.queryset])
    return sorted(rows.values_list(TIMES[table], flat=True), reverse=True)


@pytest.mark.parametrize("table", TIMES)
def test_a_list_has_the_rows_of_its_days_and_no_others(
    desk: Client, forty_days: None, table: Any
) -> None:
    for query, first, count in (
        ("from=2026-01-03&to=2026-01-04", datetime(2026, 1, 3, tzinfo=UTC), 12),
        ("from=2026-01-03T08:00&to=2026-01-03T08:59", datetime(2026, 1, 3, 8, tzinfo=UTC), 1),
        ("from=2026-01-03T08:01&to=2026-01-03T11:59", None, 0),
        ("from=2026-02-06", datetime(2026, 2, 6, tzinfo=UTC), 12),
        ("to=2025-12-30", FIRST, 6),
        ("from=2026-01-04&to=2026-01-03", None, 0),
        ("from=2030-01-01", None, 0),
        ("to=2001-01-01", None, 0),
        ("from=1970-01-01&to=9998-12-31", FIRST, ROWS),
    ):
        times = listed(desk, table, query)
        assert (len(times), times[-1] if times else None) == (count, first), query


def test_a_filter_finds_old_rows_within_their_days(
    desk: Client, forty_days: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventAdmin, "stretch", 100)
    Event.objects.create(pk=104, at=FIRST + EVERY, user_id=0, kind="image.viewed")
    by_kind = "kind__exact=image.viewed"
    assert listed(desk, Event, by_kind) == []
    assert listed(desk, Event, f"{by_kind}&to=2025-12-31") == [FIRST + EVERY]
    # It looks no further back than its days.
    body = text_of(desk.get(f"{listing(Event)}?{by_kind}&from=2025-12-31&to=2025-12-31"))
    assert "Look further back" not in body
    body = text_of(desk.get(f"{listing(Event)}?{by_kind}&from=2025-12-30&to=2026-01-31"))
    assert "from=2025-12-30&amp;to=2026-01-31&amp;before=" in body


def test_words_are_looked_for_in_the_days_of_the_list(desk: Client, forty_days: None) -> None:
    name = {"q": "n103.png", "to": "2025-12-31"}
    assert listed(desk, Image, "&".join(f"{key}={text}" for key, text in name.items()))
    assert not listed(desk, Image, "q=n103.png&from=2026-01-02")


def test_dates_are_reached_step_by_step(desk: Client, forty_days: None) -> None:
    address = listing(Event)
    bar = bar_of(text_of(desk.get(address, {"kind__exact": "user.signed_in"})))
    assert list(bar)[-3:] == ["All dates", "2025", "2026"]
    bar = bar_of(text_of(desk.get(address + bar["2026"])))
    assert list(bar)[-4:] == ["All dates", "2026", "January", "February"]
    bar = bar_of(text_of(desk.get(address + bar["February"])))
    assert list(bar)[-8:] == ["February", *map(str, range(1, 8))]
    body = text_of(desk.get(address + bar["3"]))
    assert 'value="2026-02-03"' in body
    bar = bar_of(body)
    assert list(bar)[-24:] == [f"{hour:02}:00" for hour in range(24)]
    assert "kind__exact=user.signed_in" in bar["08:00"]
    body = text_of(desk.get(address + bar["08:00"]))
    assert "1 event" in body
    bar = bar_of(body)
    assert list(bar)[-1] == "08:00"
    assert bar["All dates"] == "?kind__exact=user.signed_in"


@pytest.mark.parametrize("table", [Model, Worker])
def test_a_list_that_is_not_of_what_happened_has_no_dates(desk: Client, table: Any) -> None:
    assert "dr-dates" not in text_of(desk.get(listing(table)))


def test_an_empty_day_says_that_nothing_is_of_it(desk: Client, forty_days: None) -> None:
    body = text_of(desk.get(listing(Upload), {"from": "2030-01-01"}))
    assert "No uploads match these filters." in body
    assert "There are no uploads yet" not in body


def test_days_before_today_move_with_the_day(desk: Client, forty_days: None) -> None:
    now = timezone.now()
    for number, days in enumerate((40, 8, 2, 0)):
        at = now - timedelta(days=days)
        Event.objects.create(pk=10_000 + number, at=at, user_id=0, kind="image.viewed")
    for during, count in (("today", 1), ("7-days", 2), ("30-days", 3)):
        assert len(listed(desk, Event, f"during={during}")) == count
    body = text_of(desk.get(listing(Event), {"during": "7-days"}))
    assert 'aria-current="true">Past 7 days<' in body


@pytest.mark.parametrize(
    "query",
    [
        *("from=yesterday", "from=2026-02-30", "to=2026-1-1", "from=2026-01-01T25:00", "from=\0"),
        *("during=ever", "during=today&from=2026-01-01", "to=9999-12-31", "from=0001-01-01"),
        *("from=20260101", "from=2026-W01", "from=٢٠٢٦-01-01", "to=" + "9" * 5000),
    ],
)
@pytest.mark.parametrize("table", [Event, Session])
def test_days_of_no_calendar_are_refused_and_said(desk: Client, table: Any, query: str) -> None:
    address = listing(table)
    answer = desk.get(f"{address}?{query}", follow=True)
    assert answer.redirect_chain
    assert "make no sense" in text_of(answer)
    assert desk.get(f"/admin/uploads/event/export/csv/?{query}").status_code == 400


def test_an_export_is_of_the_days_of_the_list(desk: Client, forty_days: None) -> None:
    body = text_of(desk.get(listing(Event), {"from": "2026-01-03", "to": "2026-01-03"}))
    assert "/export/csv/?from=2026-01-03&amp;to=2026-01-03" in body


def test_the_ids_of_a_day_are_found_by_reading_a_few_rows(forty_days: None) -> None:
    plan_as_for_large_tables()
    begin = datetime(2026, 1, 3, tzinfo=UTC)
    tables = [Dated(Event, "at"), Dated(Image, "upload__created_at"), Dated(User, "date_joined")]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = id_ranges(tables, begin, begin + timedelta(days=1))
    assert len(asked.captured_queries) == 1
    # Ten minutes more on either side hold no other row of an hour.
    assert found[0] == found[1]
    first, behind = found[0]
    ids = list(Event.objects.filter(pk__gte=first, pk__lt=behind).values_list("at", flat=True))
    assert (min(ids), max(ids)) == (begin, begin + timedelta(days=1))


def test_accounts_are_listed_by_the_days_they_were_made_on(desk: Client, ada: User) -> None:
    for name, joined in (("ada", FIRST), ("boss", FIRST + timedelta(days=40))):
        User.objects.filter(username=name).update(date_joined=joined)

    def names(query: str) -> list[str]:
        shown: Any = desk.get(f"{listing(User)}?{query}").context["cl"]
        return [user.username for user in shown.queryset.order_by("username")]

    assert names("") == ["ada", "boss"]
    assert names("to=2025-12-30") == ["ada"]
    assert names("from=2026-01-01") == ["boss"]
    assert names("to=2025-12-30&is_superuser__exact=1") == []
    bar = bar_of(text_of(desk.get(listing(User))))
    assert list(bar)[-3:] == ["All dates", "2025", "2026"]
    assert names(bar["2025"].removeprefix("?")) == ["ada"]
    assert desk.get(f"{listing(User)}?from=2026-02-31")["Location"].endswith("?e=1")
