"""The queue of rows: whose turn it is, and the tick that keeps leases alive."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone

from uploads import columns
from uploads.catalog import holdings
from uploads.catalog.holdings import Obstacle
from uploads.models import Prediction, lengths
from uploads.states import State

POSITIONS_COUNTED: Final = 1000

_TABLE: Final = Prediction._meta.db_table


def next_ranks(user_id: int, model: str, count: int) -> range:
    """Fair ranks for `count` new predictions of a user: start-time fair queueing.

    A user's next rank follows their newest one that is queued or running, but never lies before
    what is being served: who comes anew starts level with it.
    Source: Goyal, Vin and Cheng, Start-time Fair Queuing, SIGCOMM 1996.
    """
    active = Prediction.objects.filter(model=model)
    queued, running = active.filter(state=State.QUEUED), active.filter(state=State.RUNNING)
    newest = queued.filter(user_id=user_id).aggregate(rank=Max("fair_rank"))["rank"]
    served = running.aggregate(
        newest=Max("fair_rank", filter=Q(user_id=user_id)), latest=Max("fair_rank")
    )
    level = _level(_lowest(queued), served["latest"])
    own = max((rank for rank in (newest, served["newest"]) if rank is not None), default=-1)
    start = max(own + 1, level)
    return range(start, start + count)


def first_rank(prediction: Prediction) -> int:
    """The rank of what had its turn and must not wait behind what came while it was away."""
    queued = Prediction.objects.filter(model=prediction.model, state=State.QUEUED)
    lowest = _lowest(queued)
    return prediction.fair_rank if lowest is None else min(prediction.fair_rank, lowest)


def _lowest(queued: QuerySet[Prediction]) -> int | None:
    lowest: int | None = queued.aggregate(rank=Min("fair_rank"))["rank"]
    return lowest


def _level(lowest_queued: int | None, latest_running: int | None) -> int:
    """The rank that is being served: the latest that runs, if what waits follows right behind it.

    What has been running for long may lie far behind the queue, and says nothing then.
    """
    if lowest_queued is None:
        return latest_running or 0
    return lowest_queued - (latest_running == lowest_queued - 1)


@dataclass(frozen=True)
class Place:
    """Where a queued prediction stands."""

    position: int | None
    """1 is next; beyond the first thousand there is none."""
    obstacle: Obstacle | None
    """Why it is not taken now, whatever its position."""


def places(predictions: Iterable[Prediction]) -> dict[int, Place]:
    """Where those of these predictions stand that are queued, by prediction id."""
    queued = [one for one in predictions if one.state == State.QUEUED]
    if not queued:
        return {}
    held, found = holdings.read(), positions(queued)
    return {
        one.pk: Place(found.get(one.pk), held.obstacle(one.model, one.model_version))
        for one in queued
    }


def positions(predictions: Iterable[Prediction]) -> dict[int, int]:
    """Places in the queue (1 is next) by prediction id; beyond the first thousand there is none."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for prediction in predictions:
        if prediction.state == State.QUEUED:
            wanted[prediction.model].add(prediction.pk)
    found: dict[int, int] = {}
    for model, ids in wanted.items():
        ahead = (
            Prediction.objects.filter(model=model, state=State.QUEUED)
            .order_by("fair_rank", "pk")
            .values_list("pk", flat=True)[:POSITIONS_COUNTED]
        )
        found |= {pk: place for place, pk in enumerate(ahead, start=1) if pk in ids}
    return found


Attempt = tuple[int, int]
"""A prediction's id and the number of the attempt."""


@dataclass(frozen=True)
class Held:
    """A prediction that a worker holds, and how far it is."""

    id: int
    attempt: int
    stage: str | None
    progress: float

    @property
    def key(self) -> Attempt:
        """Which attempt it is."""
        return self.id, self.attempt

    @property
    def told_stage(self) -> str | None:
        """Its stage as a column keeps it: a lease must not run out over a word."""
        return None if self.stage is None else columns.storable(self.stage, lengths.STAGE)

    @property
    def told_progress(self) -> float:
        """A fraction, whatever the model said."""
        return min(1.0, max(0.0, self.progress))

    def as_dict(self) -> dict[str, Any]:
        """As `tick` hands it to the database."""
        return {
            "id": self.id,
            "attempt": self.attempt,
            "stage": self.told_stage,
            "progress": self.told_progress,
        }


@dataclass(frozen=True)
class Tick:
    """What a worker learns when it renews its leases."""

    lost: frozenset[Attempt]
    """No longer this worker's: their work is to be dropped."""
    canceled: frozenset[Attempt]
    """Still this worker's, but their user has called them off."""


# Locked in the order of their ids, as `lifecycle` does: two that wait for each other never meet.
_TICK_POSTGRESQL: Final = f"""
      WITH still AS MATERIALIZED (
           SELECT p.id, v.stage, v.progress
             FROM {_TABLE} AS p
             JOIN jsonb_to_recordset(%(held)s::jsonb)
                  AS v(id bigint, attempt integer, stage text, progress double precision)
               ON p.id = v.id AND p.attempt = v.attempt
            WHERE p.state = 'running' AND p.lease_owner = %(worker)s
            ORDER BY p.id FOR UPDATE OF p)
    UPDATE {_TABLE} AS p
       SET lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
           stage = still.stage, progress = still.progress
      FROM still WHERE p.id = still.id
 RETURNING p.id, p.attempt, p.cancel_requested
"""  # noqa: S608  # the table's name is ours

_TICK_SQLITE: Final = f"""
    UPDATE {_TABLE}
       SET lease_until = %(until)s, stage = v.stage, progress = v.progress
      FROM (SELECT json_extract(value, '$.id') AS id,
                   json_extract(value, '$.attempt') AS attempt,
                   json_extract(value, '$.stage') AS stage,
                   json_extract(value, '$.progress') AS progress
              FROM json_each(%(held)s)) AS v
     WHERE {_TABLE}.id = v.id AND {_TABLE}.attempt = v.attempt
       AND {_TABLE}.state = 'running' AND {_TABLE}.lease_owner = %(worker)s
 RETURNING {_TABLE}.id, {_TABLE}.attempt, {_TABLE}.cancel_requested
"""  # noqa: S608  # the table's name is ours


def tick(worker: str, held: Sequence[Held]) -> Tick:
    """Renews the lease of everything `worker` holds, in one statement.

    Stores stage and progress on the way, so that whoever reloads sees them, and
    returns what was lost or canceled meanwhile.
    """
    if not held:
        return Tick(frozenset(), frozenset())
    sql = _TICK_POSTGRESQL if connection.vendor == "postgresql" else _TICK_SQLITE
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
