"""How much waits and runs, by model."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from uploads.models import Prediction
from uploads.queue import statements
from uploads.queue.places import POSITIONS_COUNTED
from uploads.raw_rows import Columns
from uploads.states import State

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


def read() -> list[Backlog]:
    """The queue of every model that has one, by name: one query, bounded however long they are."""
    found: dict[str, Backlog] = {}
    limits = {"counted": MOST_COUNTED, "looked_at": POSITIONS_COUNTED}
    with connection.cursor() as cursor:
        cursor.execute(statements.BACKLOG, limits)
        rows = cursor.fetchall()
    for model, state, count, oldest in rows:
        line = found.setdefault(model, Backlog(model))
        if state == State.QUEUED:
            line.queued = count
            line.oldest = _CREATED.read([[oldest]])[0].created_at
        else:
            line.running = count
    return [found[model] for model in sorted(found)]


def queued_models_of(user_ids: Collection[int]) -> list[str]:
    """The models that something of these users waits for, by name."""
    if not user_ids:
        return []
    sql = statements.QUEUED_MODELS_OF.format(places=", ".join(["%s"] * len(user_ids)))
    with connection.cursor() as cursor:
        cursor.execute(sql, list(user_ids))
        return sorted(row[0] for row in cursor.fetchall())


def orphaned_versions(known: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Models and versions that are queued for but are in nobody's repository."""
    with connection.cursor() as cursor:
        cursor.execute(statements.QUEUED_VERSIONS)
        versions = [(model, version) for model, version in cursor.fetchall()]
    return [version for version in versions if version not in known]
