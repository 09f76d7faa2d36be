"""Counts of what was used: added to the rows of their minutes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Sum
from django.db.models.functions import TruncHour
from django.utils import timezone

from uploads.models import Usage

ROWS_A_STATEMENT: Final = 500

_TABLE: Final = Usage._meta.db_table
_KEY: Final = ("user_id", "model", "version", "protocol", "minute")
_SUMS: Final = ("requests", "items", "failures", "compute_ms")


@dataclass(frozen=True, order=True)
class Use:
    """Whose counts of what, and of which minute."""

    user_id: int
    model: str
    version: str
    protocol: str
    minute: datetime
    """Its beginning, aware of its zone."""


@dataclass
class Counts:
    """How often and how much."""

    requests: int = 0
    items: int = 0
    failures: int = 0
    compute_ms: float = 0.0

    def add(self, other: "Counts") -> None:
        """Adds the other's counts to these."""
        self.requests += other.requests
        self.items += other.items
        self.failures += other.failures
        self.compute_ms += other.compute_ms


def add(counted: Sequence[tuple[Use, Counts]]) -> None:
    """Adds counts to what their rows have, or makes the rows: all or none."""
    # In the order of their keys, so that two workers never wait for each other in a circle.
    rows = sorted(counted, key=lambda pair: pair[0])
    with transaction.atomic():
        for start in range(0, len(rows), ROWS_A_STATEMENT):
            _add(rows[start : start + ROWS_A_STATEMENT])


def _add(rows: Sequence[tuple[Use, Counts]]) -> None:
    columns = (*_KEY, *_SUMS)
    places = f"({', '.join(['%s'] * len(columns))})"
    sums = ", ".join(f"{name} = {_TABLE}.{name} + excluded.{name}" for name in _SUMS)
    values: list[Any] = []
    for use, counts in rows:
        minute = connection.ops.adapt_datetimefield_value(use.minute)
        values += [use.user_id, use.model, use.version, use.protocol, minute]
        values += [counts.requests, counts.items, counts.failures, counts.compute_ms]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_TABLE} ({', '.join(columns)}) "  # noqa: S608  # names are ours
            f"VALUES {', '.join([places] * len(rows))} "
            f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET {sums}",
            values,
        )


def since(moment: datetime) -> dict[tuple[str, str], Counts]:
    """What was used of each version of a model since then, by everybody, by model and version."""
    rows = Usage.objects.filter(minute__gte=moment).order_by().values_list("model", "version")
    sums = rows.annotate(*(Sum(name) for name in _SUMS))
    return {(model, version): Counts(*counts) for model, version, *counts in sums}


@dataclass(frozen=True)
class Hour:
    """What was used of a model's versions in an hour; `since` is its beginning."""

    since: datetime
    counts: Mapping[str, Counts]
    """By version; one that was not used has none."""


def by_hour(model: str, hours: int) -> list[Hour]:
    """What was used of a model in each of the last hours, this one included, oldest first: one
    query."""
    this = timezone.now().replace(minute=0, second=0, microsecond=0)
    beginnings = [this - timedelta(hours=back) for back in reversed(range(hours))]
    rows = Usage.objects.filter(minute__gte=beginnings[0], model=model)
    by = rows.annotate(hour=TruncHour("minute")).order_by().values_list("hour", "version")
    found: dict[datetime, dict[str, Counts]] = {hour: {} for hour in beginnings}
    for hour, version, *sums in by.annotate(*map(Sum, _SUMS)):
        found.setdefault(hour, {})[version] = Counts(*sums)
    return [Hour(hour, found[hour]) for hour in beginnings]


def by_version(hours: Sequence[Hour]) -> dict[str, Counts]:
    """What was used of each version in all of these hours."""
    found: dict[str, Counts] = {}
    for hour in hours:
        for version, counts in hour.counts.items():
            found.setdefault(version, Counts()).add(counts)
    return found
