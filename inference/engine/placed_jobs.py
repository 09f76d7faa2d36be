"""The jobs that are in an engine: found by their ids, bounded by the bytes that they hold."""

from dataclasses import dataclass

from inference.engine.admission import refusal_of
from inference.engine.errors import QueueFull
from inference.engine.observer import Observer
from inference.engine.pending_job import PendingJob
from inference.engine.version_scheduler import VersionScheduler


@dataclass(frozen=True)
class PlacedJob:
    """A job and the scheduler that it went to."""

    pending: PendingJob
    scheduler: VersionScheduler


class PlacedJobs:
    """Brings each job to its scheduler, and knows it until it is settled.

    `max_bytes` is how much they may hold together of their own data.
    """

    def __init__(self, max_bytes: int, observer: Observer) -> None:
        self._max_bytes = max_bytes
        self._observer = observer
        self._bytes = 0
        self._by_id: dict[int, list[PlacedJob]] = {}

    def place(self, placed: PlacedJob) -> None:
        """Take a job; its outcome will be set."""
        pending, scheduler = placed.pending, placed.scheduler
        # Before anything is counted: whatever comes of it, nothing stays counted.
        failure = refusal_of(pending.job, scheduler.version.config)
        self._by_id.setdefault(pending.job.id, []).append(placed)
        self._bytes += pending.bytes
        pending.when_settled(lambda _pending: self._leave(placed))
        if failure is None and pending.bytes and self._bytes > self._max_bytes:
            failure = QueueFull()
        if failure:
            pending.fail(failure)
        else:
            scheduler.submit(pending)

    def cancel(self, job_id: int, attempt: int) -> None:
        """Call off this attempt of a job, if it is here."""
        for placed in list(self._by_id.get(job_id, ())):
            if placed.pending.job.attempt == attempt:
                placed.scheduler.cancel(placed.pending)

    def _leave(self, placed: PlacedJob) -> None:
        pending = placed.pending
        self._bytes -= pending.bytes
        others = [other for other in self._by_id[pending.job.id] if other is not placed]
        if others:
            self._by_id[pending.job.id] = others
        else:
            del self._by_id[pending.job.id]
        self._observer.settled(placed.scheduler.version, pending.outcome.result())
