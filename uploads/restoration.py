"""What a database that was brought back from a copy must know of the time that it has forgotten.

Clients, files and the archive have seen more than it has. A cursor from then must not be taken for
one of now, and no number that was given out then may be given out again: a folder of files, an
object in the archive or a bookmark has it.
"""

import uuid
from dataclasses import dataclass
from typing import Final

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Max

from uploads.models import EventStream, Worker

LEAST_GAP: Final = 1_000_000
_AT_A_TIME: Final = 1000


@dataclass(frozen=True)
class Forgotten:
    """What was done about it."""

    streams: int
    """Users whose clients load everything anew."""
    tables: int
    """Tables whose next number is far beyond what was given out before."""


def mark_restored() -> Forgotten:
    """Gives every event stream a new epoch, moves all numbers on, and takes dead workers out.

    To be called while nothing else uses the database. Numbers move on by as many as there are, and
    a million: more than any installation gives out between two copies.
    """
    with transaction.atomic():
        Worker.objects.all().delete()
        streams = _new_epochs()
        tables = [model for model in apps.get_models() if _counts(model)]
        for model in tables:
            _move_on(model)
    return Forgotten(streams, len(tables))


def _new_epochs() -> int:
    users = EventStream.objects.values_list("pk", flat=True)
    streams = [EventStream(pk=user, epoch=uuid.uuid4()) for user in users]
    EventStream.objects.bulk_update(streams, ["epoch"], batch_size=_AT_A_TIME)
    return len(streams)


def _counts(model: type[models.Model]) -> bool:
    return model._meta.managed and isinstance(model._meta.pk, models.AutoField)


def _move_on(model: type[models.Model]) -> None:
    table = model._meta.db_table
    column = model._meta.pk.column
    given = model._default_manager.aggregate(last=Max("pk"))["last"] or 0  # noqa: SLF001  # any model's
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table}"', column])
            (sequence,) = cursor.fetchone()
            cursor.execute(f"SELECT last_value FROM {sequence}")  # noqa: S608  # the server's name
            last = max(given, *cursor.fetchone())
            cursor.execute("SELECT setval(%s, %s)", [sequence, 2 * last + LEAST_GAP])
            return
        cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        last = max(given, *cursor.fetchone())
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        cursor.execute(
            "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, 2 * last + LEAST_GAP]
        )
