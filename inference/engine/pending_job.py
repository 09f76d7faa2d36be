"""A job on its way through the engine."""

import asyncio
import dataclasses
import itertools
import logging
import time
from collections.abc import Callable, Hashable

from inference.engine.batcher import ALONE
from inference.engine.errors import JobFailure
from inference.engine.messages import ChildTiming
from inference.engine.types import (
    Computed,
    Failed,
    ImageJob,
    Job,
    Outcome,
    Progress,
    TensorJob,
    Timing,
)
from tracing import spans

logger = logging.getLogger(__name__)
_serials = itertools.count(1)


class PendingJob:
    """One job, who waits for its outcome, and where it stands."""

    def __init__(self, job: Job, report: Callable[[Progress], None]) -> None:
        self.job = job
        self.serial = next(_serials)
        """Unlike a job's id never used twice, so that a late answer can't hit another attempt."""
        self.outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self.traceparent = spans.current()
        """Of who waits for it; None: that is not traced."""
        self.bytes = _bytes_of(job)
        """How much memory the job's own data takes while it waits."""
        self.touched = False
        """Whether its child has begun with it."""
        self.thumbhash: str | None = None
        """Of its thumbnail, once that is written."""
        self._report = report
        self._on_settled: list[Callable[[PendingJob], None]] = []
        self.arrived = time.monotonic()
        """When it came, in seconds of the monotonic clock."""
        self._wait_ns = 0

    @property
    def is_settled(self) -> bool:
        return self.outcome.done()

    @property
    def items(self) -> int:
        """How many places of a batch it takes."""
        return self.job.items if isinstance(self.job, TensorJob) else 1

    @property
    def is_claimed(self) -> bool:
        """Whether it has a row and was claimed: it waits as long as it takes."""
        return self.job.id > 0

    @property
    def bucket(self) -> Hashable:
        """What is the same for all that can be computed in one call: images, or the tensors' names,
        datatypes and dimensions but the first; `ALONE` for a suspect."""
        if self.job.alone:
            return ALONE
        if not isinstance(self.job, TensorJob):
            return "image"
        inputs = self.job.inputs.items()
        return frozenset((name, tensor.datatype, tensor.shape[1:]) for name, tensor in inputs)

    def begin(self) -> None:
        """Its batch starts now."""
        self._wait_ns = round((time.monotonic() - self.arrived) * 1e9)

    def begin_anew(self) -> None:
        """It goes to another child: what the first one says of it is not meant any more."""
        self.serial = next(_serials)
        self.touched = False

    async def settled(self) -> Outcome:
        """Its outcome, once it has one. Canceling the caller leaves it as it is."""
        if not self.outcome.done():
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()

            def wake(_pending: PendingJob) -> None:
                if not waiter.done():
                    waiter.set_result(None)

            self.when_settled(wake)
            await waiter
        return self.outcome.result()

    def when_settled(self, call: Callable[["PendingJob"], None]) -> None:
        """Have this called with it as soon as it has its outcome, before whoever waits for it goes
        on."""
        self._on_settled.append(call)

    def settle(self, outcome: Outcome) -> None:
        """Give it its outcome; the first one counts."""
        if self.outcome.done():
            return
        if self.thumbhash is not None and not isinstance(outcome, Computed):
            outcome = dataclasses.replace(outcome, thumbhash=self.thumbhash)
        self.outcome.set_result(outcome)
        for call in self._on_settled:
            try:
                call(self)
            except Exception:  # whoever waits for it, and its batch, must not hang by that
                logger.exception("The outcome of job %s could not be passed on.", self.job.id)

    def fail(self, failure: JobFailure, *, shared: bool = False) -> None:
        """Settle it with this failure; `shared`: perhaps by the doing of others."""
        code, message, kind = failure.code, failure.message, failure.kind
        self.settle(Failed(self.job, code, message, kind, shared=shared))

    def start_stage(self, stage: str) -> None:
        """Tell that it is at this stage, of which nothing is done yet."""
        self.advance(Progress(self.job.id, self.job.attempt, stage, 0.0, None))

    def advance(self, progress: Progress) -> None:
        """Pass its progress on."""
        try:
            self._report(progress)
        except Exception:  # a listener's trouble must not end the batch it listens to
            logger.exception("Progress of job %s could not be passed on.", self.job.id)

    def note_thumbnail(self, thumbhash: str) -> None:
        """Its thumbnail is written, whatever becomes of it."""
        self.thumbhash = thumbhash
        if isinstance(self.job, ImageJob) and self.job.on_thumbnail:
            try:
                self.job.on_thumbnail(thumbhash)
            except Exception:  # as a listener's to progress
                logger.exception("The thumbnail of job %s could not be told.", self.job.id)

    def timing(self, measured: ChildTiming) -> Timing:
        """What the child measured, with the time before it."""
        return Timing(wait_ns=self._wait_ns, **measured)


def _bytes_of(job: Job) -> int:
    if isinstance(job, TensorJob):
        return sum(len(tensor.data) for tensor in job.inputs.values())
    return len(job.source) if isinstance(job.source, bytes) else 0
