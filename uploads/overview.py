"""How it goes: what waits and runs now, what was done lately, what failed, how full the disk is.

For the admin's first page. Nothing here counts a whole table: queues are counted by their index and
to a bound, work by the rows of usage, times by a sample of the newest predictions, failures by an
index of failures alone.
"""

import shutil
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles
from typing import Any, Final

from django.conf import settings
from django.db.models import Case, Q, Subquery, Sum, When
from django.db.models.functions import TruncHour
from django.utils import timezone

from uploads.catalog import holdings
from uploads.catalog.holdings import Holdings
from uploads.models import ArchiveTask, Prediction, Usage
from uploads.queue import backlog, pauses
from uploads.queue_place import Obstacle
from uploads.states import State
from uploads.storage import object_store

SAMPLE: Final = 1000
"""Of the newest predictions: so many that succeeded are looked at for times."""

_SAMPLED_FROM: Final = 20_000
_FEWEST_FOR_P95: Final = 20
_NAMED: Final = 10

WINDOWS: Final = (
    ("hour", timedelta(hours=1)),
    ("day", timedelta(days=1)),
    ("month", timedelta(days=30)),
)


@dataclass(frozen=True)
class Queue:
    """One model's queue now."""

    model: str
    queued: int
    is_at_least: bool
    """Whether more are queued than were counted."""
    running: int
    oldest: timedelta | None
    """How long the oldest of those that are next has waited."""
    workers: int
    """That have a version of it which is ready."""
    obstacle: str
    """Why nobody takes what is queued; empty: somebody does."""
    takes: timedelta | None
    """About how long what is queued takes; None: nobody can tell."""


@dataclass(frozen=True)
class Times:
    """How long a model's newest predictions waited and computed, in milliseconds."""

    model: str
    wait_p50: float
    wait_p95: float
    compute_p50: float
    compute_p95: float

    @property
    def took(self) -> tuple[float, float, float, float]:
        """Waiting at its median and 95th percentile, computing at the same."""
        return self.wait_p50, self.wait_p95, self.compute_p50, self.compute_p95


@dataclass(frozen=True)
class Work:
    """What was done in a stretch of time."""

    since: datetime
    images: int
    failures: int


@dataclass(frozen=True)
class Disk:
    """The storage's disk, in bytes."""

    total: int
    free: int


def queues(times: Sequence[Times], held: Holdings) -> list[Queue]:
    """The queue of every model that has one, as what workers hold tells why nobody takes it;
    `times` tell how long an image takes."""
    now = timezone.now()
    computing = {one.model: one.compute_p50 for one in times}
    found = []
    for one in backlog.read():
        ready = [row for _, row in held.of(one.model) if row.state == holdings.READY]
        instances = sum(row.instances for row in ready)
        known = one.model in computing and instances > 0
        takes = one.queued * computing.get(one.model, 0) / max(instances, 1)
        versions = {row.version for _, row in held.of(one.model)} or {""}
        obstacles: list[Obstacle | None] = [
            held.obstacle(one.model, version) for version in sorted(versions)
        ]
        if one.is_paused:
            obstacles = [pauses.obstacle(one.model)]
        known = known and not one.is_paused
        found.append(
            Queue(
                model=one.model,
                queued=one.queued,
                is_at_least=one.queued >= backlog.MOST_COUNTED,
                running=one.running,
                oldest=None if one.oldest is None else now - one.oldest,
                workers=len({worker.pk for worker, row in held.of(one.model) if row in ready}),
                obstacle=_first_message(obstacles),
                takes=timedelta(milliseconds=takes) if known else None,
            )
        )
    return found


def _first_message(obstacles: Sequence[Obstacle | None]) -> str:
    """Empty where any version has none."""
    messages = [one.message for one in obstacles if one is not None]
    return messages[0] if len(messages) == len(obstacles) else ""


def times() -> list[Times]:
    """By model, over the newest `SAMPLE` predictions that succeeded."""
    newest = Subquery(Prediction.objects.order_by("-pk").values("pk")[:1])
    rows = Prediction.objects.filter(pk__gt=newest - _SAMPLED_FROM, state=State.SUCCEEDED)
    sample: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for model, timing in rows.order_by("-pk").values_list("model", "timing")[:SAMPLE]:
        if timing:
            took = float(timing.get("queue_ms", 0)), float(timing.get("compute_ms", 0))
            sample[model].append(took)
    return [_times(model, took) for model, took in sorted(sample.items())]


def _times(model: str, took: list[tuple[float, float]]) -> Times:
    waits, computes = zip(*took, strict=True)
    return Times(model, median(waits), _p95(waits), median(computes), _p95(computes))


def _p95(values: Sequence[float]) -> float:
    """The 95th percentile; of few values, the largest."""
    if len(values) < _FEWEST_FOR_P95:
        return max(values)
    return quantiles(values, n=20, method="inclusive")[-1]


def work() -> tuple[dict[str, Work], list[Work]]:
    """What was done in the last hour, day and 30 days ("month"), by their names; and in each of the
    last 24 hours, oldest first: one query."""
    now = timezone.now()
    this = now.replace(minute=0, second=0, microsecond=0)
    hours = [this - timedelta(hours=back) for back in reversed(range(24))]
    sums: dict[str, Any] = {}
    for name, length in WINDOWS:
        lately = Q(minute__gte=now - length)
        sums[f"{name}_images"] = Sum("items", filter=lately, default=0)
        sums[f"{name}_failures"] = Sum("failures", filter=lately, default=0)
    longest = max(length for _, length in WINDOWS)
    hour = TruncHour(Case(When(minute__gte=hours[0], then="minute")))
    rows = Usage.objects.filter(minute__gte=now - longest).annotate(hour=hour).values("hour")
    found: dict[datetime | None, Any] = {
        row["hour"]: row for row in rows.annotate(**sums).order_by()
    }
    windows = {
        name: Work(
            now - length,
            sum(row[f"{name}_images"] for row in found.values()),
            sum(row[f"{name}_failures"] for row in found.values()),
        )
        for name, length in WINDOWS
    }
    by_hour = [_of_hour(hour, found.get(hour)) for hour in hours]
    return windows, by_hour


def _of_hour(hour: datetime, row: dict[str, Any] | None) -> Work:
    return Work(hour, row["month_images"], row["month_failures"]) if row else Work(hour, 0, 0)


def most_used() -> tuple[list[tuple[str, int]], list[tuple[int, str, int]]]:
    """Models with their images of the last day, and users with their ids and theirs: the most."""
    rows = Usage.objects.filter(minute__gte=timezone.now() - timedelta(days=1))
    models: Counter[str] = Counter()
    users: Counter[tuple[int, str]] = Counter()
    sums = rows.values_list("model", "user_id", "user__username").annotate(images=Sum("items"))
    for model, user_id, name, images in sums.order_by():
        models[model] += images
        users[user_id, name or f"user {user_id}"] += images
    return (
        models.most_common(_NAMED),
        [(pk, name, count) for (pk, name), count in users.most_common(_NAMED)],
    )


def archive_queue() -> int:
    """How many files wait to be archived; so many at most are counted, none without an archive."""
    if not object_store.is_configured():
        return 0
    return ArchiveTask.objects.order_by("pk")[: backlog.MOST_COUNTED].count()


def disk() -> Disk | None:
    """The disk that holds the storage; None: it cannot be asked now."""
    try:
        usage = shutil.disk_usage(settings.MEDIA_ROOT)
    except OSError:
        return None
    return Disk(usage.total, usage.free)
