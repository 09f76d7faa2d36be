"""What failed, by error code and model: the newest of it, so that a bad day costs no more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from uploads.models import Prediction
from uploads.raw_rows import Columns
from uploads.states import State

LOOKED_AT: Final = 10_000
"""So many failures are grouped, the newest."""

WINDOWS: Final[dict[str, timedelta | None]] = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "all": None,
}
"""Stretches of time up to now by their names; None: all that is kept."""

_FINISHED: Final = Columns(Prediction, "finished_at")

# The newest are found by the index of failures alone, and grouped without the rest of their rows.
_GROUPS: Final = f"""
    SELECT error_code, model, COUNT(*), COUNT(DISTINCT user_id), MIN(finished_at), MAX(finished_at)
      FROM (SELECT error_code, model, user_id, finished_at FROM {_FINISHED.table}
             WHERE state = 'failed' AND finished_at >= %s
             ORDER BY finished_at DESC LIMIT %s) AS newest
     GROUP BY error_code, model ORDER BY COUNT(*) DESC, error_code, model
"""  # noqa: S608  # the table's name is ours
# Jumps from each code to the next one in the index, all of which DISTINCT reads.
_CODES: Final = f"""
      WITH RECURSIVE heads(code) AS (
           SELECT CAST('' AS text)
            UNION ALL
           SELECT (SELECT p.error_code FROM {_FINISHED.table} AS p
                    WHERE p.state = 'failed' AND p.error_code > heads.code
                    ORDER BY p.error_code LIMIT 1)
             FROM heads WHERE heads.code IS NOT NULL)
    SELECT code FROM heads WHERE code > ''
"""  # noqa: S608  # the table's name is ours
_EVER: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


@dataclass(frozen=True)
class Group:
    """Failures of one model with one error code."""

    code: str
    model: str
    count: int
    users: int
    oldest: datetime
    newest: datetime


def since(window: str) -> datetime:
    """When a window of `WINDOWS` begins."""
    length = WINDOWS[window]
    return _EVER if length is None else timezone.now() - length


def groups(window: str) -> list[Group]:
    """The failures of this window by code and model, the most first; of `LOOKED_AT` at most."""
    begins = connection.ops.adapt_datetimefield_value(since(window))
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, [begins, LOOKED_AT])
        rows = cursor.fetchall()
    return [
        Group(code, model, count, users, _moment(oldest), _moment(newest))
        for code, model, count, users, oldest, newest in rows
    ]


def codes() -> list[str]:
    """Every error code that anything has failed with."""
    with connection.cursor() as cursor:
        cursor.execute(_CODES)
        return [code for (code,) in cursor.fetchall()]


def of(code: str, model: str, window: str, *, after: int = 0) -> QuerySet[Prediction]:
    """The failures of a group in the order of their ids, those behind `after`."""
    rows = Prediction.objects.filter(state=State.FAILED, error_code=code, model=model, pk__gt=after)
    if WINDOWS[window] is not None:
        rows = rows.filter(finished_at__gte=since(window))
    return rows.order_by("pk")


def _moment(value: object) -> datetime:
    moment: datetime = _FINISHED.read([[value]])[0].finished_at  # type: ignore[assignment]  # it has ended
    return moment
