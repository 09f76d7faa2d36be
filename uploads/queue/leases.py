"""Leases: a worker claims a batch of queued predictions, and renews what it holds by its tick.

The other half of the one writer of `Prediction.state` (`uploads.queue.lifecycle`): the
move `claim`, which is SQL because picking and taking must be one statement.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from uploads.event_kinds import Kind
from uploads.events import A_WORKER, Log
from uploads.models import Prediction
from uploads.queue import statements
from uploads.queue.held import Attempt, Claim, Held, Tick, as_claim
from uploads.queue.statements import IMAGE, PREDICTION, UPLOAD
from uploads.raw_rows import places


class Who(Enum):
    """Whose predictions are claimed."""

    ANYBODY = auto()
    UNSERVED = auto()
    """Only those of people of whom nothing of the model is running."""


@dataclass(frozen=True)
class Room:
    """So many predictions of one version of a model a worker could take now."""

    model: str
    version: str
    limit: int
    who: Who = Who.ANYBODY
    suspects: int = 1
    """How many suspects it could begin with at once: more are not to be taken."""


@dataclass(frozen=True)
class Turn:
    """Something could be claimed for this room; a suspect that is first in line goes alone."""

    room: Room
    suspect: bool


def turns(rooms: Sequence[Room]) -> list[Turn]:
    """For which of these, all of different versions, anything waits that is due.

    One statement, that takes no lock.
    """
    asked = {_key(room): room for room in rooms if room.limit > 0}
    if not asked:
        return []
    sql = statements.TURNS.format(places=places(3, len(asked)), now=_now())
    values: list[Any] = []
    for key, room in asked.items():
        values += [key, room.model, int(room.who is Who.UNSERVED)]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    return [
        Turn(asked[key], suspect=misfortunes > 0)
        for key, misfortunes in rows
        if misfortunes is not None
    ]


def claim(
    worker: str, model: str, version: str, limit: int, log: Log, *, who: Who = Who.ANYBODY
) -> list[Claim]:
    """Takes up to `limit` predictions, best rank first, or a suspect alone: `turns` and `take`."""
    found = turns([Room(model, version, limit, who)])
    return [claim for turn in found for claim in take(worker, turn, log)]


def take(worker: str, turn: Turn, log: Log) -> list[Claim]:
    """Takes up to the room's limit of predictions, best rank first, or a suspect alone.

    Whose turn it is decides: when a suspect is first in line it is taken by itself,
    else as many as are not suspect. Returns them in the queue's order.
    """
    room = turn.room
    which = statements.SUSPECT if turn.suspect else statements.CLEAN
    if room.who is Who.UNSERVED:
        which = f"{which} AND {statements.UNSERVED.format(now=_now())}"
    params = {
        "worker": worker,
        "model": room.model,
        "key": _key(room),
        "limit": 1 if turn.suspect else room.limit,
        **lease_end(),
    }
    # Within its caller's, if there is one: nobody goes on with that where this failed.
    with transaction.atomic(savepoint=False):
        rows = _taken(which, params)
    rows.sort(key=lambda row: (row.fair_rank, row.pk))
    claims = []
    for row in rows:
        log.add_prediction(
            Kind.PREDICTION_STARTED, row, row.image.upload_id, A_WORKER, worker=worker
        )
        claims.append(as_claim(row))
    return claims


def _taken(which: str, params: dict[str, Any]) -> list[Prediction]:
    """The rows that this claim takes, with their images and uploads."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = statements.CLAIM_POSTGRESQL.format(now=_now(), which=which)
            cursor.execute(sql, params)
            found = cursor.fetchall()
            rows = PREDICTION.read(row[: len(PREDICTION)] for row in found)
            beside = [row[len(PREDICTION) :] for row in found]
        else:
            cursor.execute(statements.CLAIM_SQLITE.format(now=_now(), which=which), params)
            rows = PREDICTION.read(cursor.fetchall())
            if not rows:
                return []
            ids = list({row.image_id for row in rows})
            sql = statements.CLAIMED_IMAGES.format(places=", ".join(["%s"] * len(ids)))
            cursor.execute(sql, ids)
            beside = cursor.fetchall()
    images = {image.pk: image for image in IMAGE.read(row[: len(IMAGE)] for row in beside)}
    uploads = {upload.pk: upload for upload in UPLOAD.read(row[len(IMAGE) :] for row in beside)}
    for image in images.values():
        image.upload = uploads[image.upload_id]
    for row in rows:
        row.image = images[row.image_id]
    return rows


def _key(room: Room) -> str:
    return f"{room.model}/{room.version}"


def tick(worker: str, held: Sequence[Held]) -> Tick:
    """Renews the lease of everything `worker` holds, in one statement.

    Stores stage and progress on the way, so that whoever reloads sees them, and
    returns what was lost or canceled meanwhile.
    """
    if not held:
        return Tick(frozenset(), frozenset())
    on_postgresql = connection.vendor == "postgresql"
    sql = statements.TICK_POSTGRESQL if on_postgresql else statements.TICK_SQLITE
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "worker": worker,
                "held": json.dumps([one.as_dict() for one in held]),
                **lease_end(),
            },
        )
        rows = cursor.fetchall()
    still: dict[Attempt, bool] = {(row[0], row[1]): bool(row[2]) for row in rows}
    return Tick(
        lost=frozenset(one.key for one in held if one.key not in still),
        canceled=frozenset(key for key, canceled in still.items() if canceled),
    )


def any_expired() -> bool:
    """Whether a lease has run out. Takes no lock."""
    with connection.cursor() as cursor:
        cursor.execute(statements.EXPIRED.format(now=_now()), [])
        return cursor.fetchone() is not None


_SQLITE_NOW: Final = "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')"
"""As Django writes a moment there, which compares as a text; in milliseconds."""


def _now() -> str:
    """The beginning of the statement, which an index can be searched for."""
    return "statement_timestamp()" if connection.vendor == "postgresql" else _SQLITE_NOW


def lease_end() -> dict[str, Any]:
    """The parameters of a lease that begins now, for either database.

    PostgreSQL counts by its own clock, since workers run on many machines; SQLite
    lives on one machine, whose clock it is.
    """
    if connection.vendor == "postgresql":
        return {"lease": settings.LEASE_SECONDS}
    now = timezone.now()
    until = now + timedelta(seconds=settings.LEASE_SECONDS)
    adapt = connection.ops.adapt_datetimefield_value
    return {"now": adapt(now), "until": adapt(until)}
