"""The queue, read when somebody asks: what waits, what runs, and how long the oldest waits.

With it the storage, which is looked at as rarely.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.utils import timezone
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from consumers.database import ANY_ERROR, in_database
from project.metrics import storage
from project.metrics.storage import Storage
from uploads.queue import backlog, pauses
from uploads.queue.backlog import Backlog

FRESH_SECONDS: Final = 1.0
TIMEOUT_SECONDS: Final = 2.0


@dataclass(frozen=True)
class Snapshot:
    """What the database said; `lines` is None where it did not answer."""

    lines: list[Backlog] | None
    storage: Storage | None = None
    paused: Mapping[str, datetime] = field(default_factory=dict)
    """Since when the queues of which models are paused."""

    def collect(self) -> Iterator[Metric]:
        """The queue by model, and whether the database answers."""
        answers = self.lines is not None
        yield GaugeMetricFamily(
            "darkroom_database_up", "Whether the database answers: 1 or 0.", value=float(answers)
        )
        queued = GaugeMetricFamily(
            "darkroom_queue_depth",
            "Predictions that wait, by model, counted up to 10000.",
            labels=["model"],
        )
        running = GaugeMetricFamily(
            "darkroom_predictions_running", "Predictions that workers hold.", labels=["model"]
        )
        oldest = GaugeMetricFamily(
            "darkroom_queue_oldest_age_seconds",
            "How long ago the oldest of the next thousand that wait was created; 0: none waits.",
            labels=["model"],
        )
        now = timezone.now()
        for line in self.lines or ():
            age = (now - line.oldest).total_seconds() if line.oldest else 0.0
            queued.add_metric([line.model], line.queued)
            running.add_metric([line.model], line.running)
            oldest.add_metric([line.model], max(0.0, age))
        paused = GaugeMetricFamily(
            "darkroom_queue_paused_seconds",
            "How long the queue of a model has been paused; none: it is not.",
            labels=["model"],
        )
        for model, since in self.paused.items():
            paused.add_metric([model], max(0.0, (now - since).total_seconds()))
        yield from (queued, running, oldest, paused)
        if self.storage is not None:
            yield from self.storage.collect()


@dataclass
class BacklogCache:
    """Reads at most once a second, and never twice at a time, however many ask."""

    timeout_seconds: float = TIMEOUT_SECONDS
    _reading: asyncio.Task[Snapshot] | None = None
    _found: Snapshot = field(default_factory=lambda: Snapshot(None))
    _fresh_until: float = 0.0

    async def read(self) -> Snapshot:
        """The queue as it was within the last second."""
        if time.monotonic() < self._fresh_until:
            return self._found
        if self._reading is None:
            self._reading = asyncio.create_task(in_database(_look))
        reading = self._reading
        await asyncio.wait([reading], timeout=self.timeout_seconds)
        if not reading.done():
            return Snapshot(None)
        self._reading = None
        try:
            self._found = reading.result()
        except ANY_ERROR:
            self._found = Snapshot(None)
        self._fresh_until = time.monotonic() + FRESH_SECONDS
        return self._found


def _look() -> Snapshot:
    return Snapshot(backlog.read(), storage.look(), pauses.since())
