"""Leases: a worker claims a batch of queued predictions, and renews what it holds by its tick.

The other half of the one writer of `Prediction.state` (`uploads.queue.lifecycle`): the
move `claim`, which is SQL because picking and taking must be one statement.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from enum import Enum, auto
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from uploads.event_kinds import Kind
from uploads.events import A_WORKER, Log
from uploads.models import Prediction
from uploads.queue.held import Attempt, Claim, Held, Tick, as_claim

_TABLE: Final = Prediction._meta.db_table


class Who(Enum):
    """Whose predictions are claimed."""

    ANYBODY = auto()
    UNSERVED = auto()
    """Only those of people of whom nothing of the model is running."""


_CLEAN: Final = "failures = 0 AND lease_losses = 0"
_SUSPECT: Final = f"NOT ({_CLEAN})"
_UNSERVED: Final = f"""user_id NOT IN (
           SELECT user_id FROM {_TABLE} WHERE state = 'running' AND model = %(model)s)
"""  # noqa: S608  # the table's name is ours
_WANTED: Final = "state = 'queued' AND model = %(model)s AND model_version = %(version)s"

# A CTE that is materialized, since PostgreSQL may run a sub-select with LIMIT and
# SKIP LOCKED more than once and so take more rows than asked for.
_CLAIM_POSTGRESQL: Final = f"""
      WITH c AS MATERIALIZED (
           SELECT id FROM {_TABLE}
            WHERE {_WANTED} AND (run_after IS NULL OR run_after <= clock_timestamp()) AND {{which}}
            ORDER BY fair_rank, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    UPDATE {_TABLE} AS p
       SET state = 'running', attempt = p.attempt + 1, stage = NULL, progress = 0,
           lease_owner = %(worker)s,
           lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
           started_at = clock_timestamp()
      FROM c WHERE p.id = c.id AND p.state = 'queued'
 RETURNING p.id
"""  # noqa: S608  # the table's name is ours

_CLAIM_SQLITE: Final = f"""
    UPDATE {_TABLE}
       SET state = 'running', attempt = attempt + 1, stage = NULL, progress = 0,
           lease_owner = %(worker)s, lease_until = %(until)s, started_at = %(now)s
     WHERE state = 'queued' AND id IN (
           SELECT id FROM {_TABLE}
            WHERE {_WANTED} AND (run_after IS NULL OR run_after <= %(now)s) AND {{which}}
            ORDER BY fair_rank, id LIMIT %(limit)s)
 RETURNING id
"""  # noqa: S608  # the table's name is ours


def claim(
    worker: str, model: str, version: str, limit: int, log: Log, *, who: Who = Who.ANYBODY
) -> list[Claim]:
    """Takes up to `limit` predictions, best rank first, or a suspect alone.

    Whose turn it is decides: when a suspect is first in line it is taken by itself,
    else as many as are not suspect. Returns them in the queue's order.
    """
    if limit < 1:
        return []
    turn = (
        _due(model, version, who)
        .order_by("fair_rank", "pk")
        .values_list("failures", "lease_losses")
        .first()
    )
    if turn is None:
        return []
    suspect = any(turn)
    ids = _take(worker, model, version, 1 if suspect else limit, who, suspect=suspect)
    if not ids and not suspect:
        ids = _take(worker, model, version, 1, who, suspect=True)
    rows = (
        Prediction.objects.filter(pk__in=ids)
        .select_related("image__upload")
        .order_by("fair_rank", "pk")
    )
    claims = []
    for row in rows:
        log.add_prediction(Kind.PREDICTION_STARTED, row, row.image.upload_id, A_WORKER)
        claims.append(as_claim(row))
    return claims


def waiting(model: str, version: str, who: Who = Who.ANYBODY) -> bool:
    """Whether anything could be claimed for this model and version now. Takes no lock."""
    return _due(model, version, who).exists()


def _due(model: str, version: str, who: Who) -> QuerySet[Prediction]:
    due = Prediction.objects.filter(
        Q(run_after__isnull=True) | Q(run_after__lte=Now()),
        state="queued",
        model=model,
        model_version=version,
    )
    if who is Who.ANYBODY:
        return due
    running = Prediction.objects.filter(state="running", model=model)
    return due.exclude(user__in=running.values("user"))


def _take(
    worker: str, model: str, version: str, limit: int, who: Who, *, suspect: bool
) -> list[int]:
    sql = _CLAIM_POSTGRESQL if connection.vendor == "postgresql" else _CLAIM_SQLITE
    params = {
        "worker": worker,
        "model": model,
        "version": version,
        "limit": limit,
        **lease_end(),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        which = _SUSPECT if suspect else _CLEAN
        if who is Who.UNSERVED:
            which = f"{which} AND {_UNSERVED}"
        cursor.execute(sql.format(which=which), params)
        return [row[0] for row in cursor.fetchall()]


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
