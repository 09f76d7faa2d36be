"""Rows that are written by raw SQL: each value is read back as the ORM would have written it."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from uploads.models import Event, EventStream, User
from uploads.raw_rows import Columns

pytestmark = pytest.mark.django_db

MOMENT = datetime(2031, 2, 3, 4, 5, 6, 789_012, tzinfo=UTC)


def event(number: int, **values: Any) -> Event:
    return Event(
        **{"user_id": 7, "seq": number, "kind": "upload.created", "at": MOMENT, "facts": {}}
        | values
    )


def test_values_of_every_kind_come_back_as_they_were() -> None:
    facts = {"é": [1, 0.1, 2.5e-7, None, True, "\\u0000 ' \" % :"], "none": None, "large": 1 << 40}
    given = event(
        1 << 60,
        address="2001:db8::7",
        client="Ada's “client” \\ %s {}",
        reason="",
        attempt=3,
        facts=facts,
    )
    Columns(Event).insert([given])
    found = Event.objects.get(pk=given.pk)
    for field in Event._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(given, field.attname), field.name


def test_each_of_many_rows_gets_its_own_id_in_their_order() -> None:
    rows = [event(number, upload_id=1200 - number) for number in range(1, 1200)]
    Columns(Event).insert(rows)
    found = dict(Event.objects.values_list("pk", "upload_id"))
    assert [found[row.pk] for row in rows] == [row.upload_id for row in rows]
    assert [row.pk for row in rows] == sorted(found)


def test_a_row_of_another_key_keeps_it(ada: User) -> None:
    EventStream.objects.all().delete()
    epoch = uuid.uuid4()
    Columns(EventStream).insert([EventStream(user_id=ada.pk, epoch=epoch, last_seq=5)])
    found = EventStream.objects.get(pk=ada.pk)
    assert (found.epoch, found.last_seq) == (epoch, 5)


def test_postgresql_is_given_any_number_of_rows_by_the_same_statement() -> None:
    said = []
    for count in (1, 2, 20):
        rows = [event(100 * count + number) for number in range(count)]
        with CaptureQueriesContext(connection) as captured:
            Columns(Event).insert(rows)
        (query,) = captured.captured_queries
        said.append(query["sql"].partition("jsonb_to_recordset")[0])
    if connection.vendor == "postgresql":
        assert len(set(said)) == 1
