"""Claiming: a worker takes a batch of queued predictions, with a lease on each.

The other half of the one writer of `Prediction.state` (`uploads.lifecycle`): the
move `claim`, which is SQL because picking and taking must be one statement.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from uploads.event_kinds import Kind
from uploads.events import A_WORKER, Log
from uploads.models import Prediction
from uploads.queue import lease_end

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


@dataclass(frozen=True)
class Claim:
    """One claimed prediction with all a worker needs to develop it."""

    id: int
    attempt: int
    user_id: int
    upload_id: int
    image_id: int
    model: str
    model_version: str
    version_named: bool
    """Its request named the version."""
    params: dict[str, Any]
    image_path: str
    image_type: str
    sha256: str
    wants_thumbnail: bool
    upload_path: str
    suspect: bool
    """It has failed or lost its worker before: it must not share a batch with others."""
    queue_ms: int
    """How long it waited since it was created, in milliseconds."""


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
        claims.append(_as_claim(row))
    return claims


def orphaned_lanes(known: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Models and versions that are queued for but are in nobody's repository."""
    lanes = (
        Prediction.objects.filter(state="queued").values_list("model", "model_version").distinct()
    )
    return [lane for lane in lanes if lane not in known]


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


def _as_claim(row: Prediction) -> Claim:
    image = row.image
    since = max(row.created_at, row.run_after or row.created_at)
    waited = (row.started_at or since) - since
    return Claim(
        id=row.pk,
        attempt=row.attempt,
        user_id=row.user_id,
        upload_id=image.upload_id,
        image_id=image.pk,
        model=row.model,
        model_version=row.model_version,
        version_named=row.version_named,
        params=row.params,
        image_path=image.image_path,
        image_type=image.image_type,
        sha256=image.sha256,
        wants_thumbnail=not image.thumbnail_path,
        upload_path=image.upload.upload_path,
        suspect=bool(row.failures or row.lease_losses),
        queue_ms=max(0, round(waited.total_seconds() * 1000)),
    )
