"""How much waits and runs, by model."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from uploads.models import Prediction
from uploads.queue import statements
from uploads.queue.places import POSITIONS_COUNTED
from uploads.raw_rows import Columns, places

MOST_COUNTED: Final = 10_000
"""A queue is counted so far: counting a million on every look would cost more than serving them."""

_CREATED: Final = Columns(Prediction, "created_at")


@dataclass
class Backlog:
    """One model's queue."""

    model: str
    queued: int = 0
    """At most `MOST_COUNTED`."""
    running: int = 0
    oldest: datetime | None = None
    """When the oldest of those that are next, the first thousand, was created."""
    is_paused: bool = False
    """Whether nothing of what is queued is claimed until somebody resumes it."""


def read() -> list[Backlog]:
    """The queue of every model that has one, by name: two queries, bounded however long it is."""
    with connection.cursor() as cursor:
        cursor.execute(statements.QUEUED_AND_RUNNING)
        rows = cursor.fetchall()
        queued = {key.partition("/")[0] for key, running in rows if running is None}
        found = {model: Backlog(model) for model in sorted(queued)}
        if found:
            sql = statements.BACKLOG.format(places=places(1, len(found)))
            cursor.execute(sql, [*found, MOST_COUNTED, POSITIONS_COUNTED])
            for model, count, oldest, paused in cursor.fetchall():
                found[model].queued = count
                found[model].is_paused = paused is not None
                found[model].oldest = _CREATED.read([[oldest]])[0].created_at
    for model, running in rows:
        if running is not None:
            found.setdefault(model, Backlog(model)).running = running
    return [found[model] for model in sorted(found)]


def queued_models_of(user_ids: Collection[int]) -> list[str]:
    """The models that something of these users waits for, by name."""
    models = _queued_models()
    if not user_ids or not models:
        return []
    users = ", ".join(["%s"] * len(user_ids))
    sql = statements.WAITED_FOR.format(places=places(1, len(models)), users=users)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*models, *user_ids])
        return sorted(row[0] for row in cursor.fetchall())


def orphaned_versions(known: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Models and versions that are queued for but are in nobody's repository."""
    return [version for version in _queued_versions() if version not in known]


def _queued_versions() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(statements.QUEUES)
        keys = [key.partition("/") for (key,) in cursor.fetchall()]
    return [(model, version) for model, _, version in keys]


def _queued_models() -> list[str]:
    return sorted({model for model, _ in _queued_versions()})
