"""A batch while its child computes it: the child's messages become outcomes and progress."""

import math
from collections import Counter
from collections.abc import Callable, Sequence

from inference.engine import messages
from inference.engine.child_end import End, failure_of
from inference.engine.errors import InvalidInput
from inference.engine.job_messages import computed, failed, item_of, succeeded
from inference.engine.model_version import ModelVersion
from inference.engine.pending_job import PendingJob
from inference.engine.process import ChildGone, ChildProcess
from inference.engine.remote_calls import RemoteCalls
from inference.engine.types import (
    Canceled,
    Computed,
    Failed,
    GivenBack,
    Progress,
    Succeeded,
)
from inference.engine.wire import WireError
from tracing.traceparent import log_fields


class RunningBatch:
    """Settles the pending jobs of one batch.

    `executed` is called with the items of each batch that was really computed, before its first
    result is told: the child may have split what it was given.
    """

    def __init__(
        self,
        pending_jobs: Sequence[PendingJob],
        version: ModelVersion,
        executed: Callable[[int], None],
    ) -> None:
        self._pending_jobs = {pending.serial: pending for pending in pending_jobs}
        self._version = version
        self._executed = executed
        self._items_told: Counter[int] = Counter()
        """By the size of the batch in which they were computed."""
        self._child: ChildProcess | None = None
        self._defect: Exception | None = None
        self._step: int | None = None
        """Which of its child's this was, at the last look."""
        self._phase: messages.Phase | None = None
        self._at_hand: list[int] = []
        """Serials of what the child is at in this phase."""
        self._released: set[int] = set()
        """Serials of what is no longer of this batch, whatever its child may still say."""
        self._called_off: set[int] = set()
        self.server_trouble = ""
        """Why the server that computes the model is not to be used now; empty: it is, or there is
        none."""

    @property
    def pending_jobs(self) -> Sequence[PendingJob]:
        """Those that were not released."""
        return list(self._pending_jobs.values())

    @property
    def is_touched(self) -> bool:
        """Whether the child had begun with any of its jobs at the last look."""
        return self._phase is not None

    def hand_over(self, child: ChildProcess) -> None:
        """Hand the batch to the child; `listen` tells what went wrong."""
        waiting = [pending for pending in self._pending_jobs.values() if not pending.is_settled]
        child.works_at(
            model=self._version.config.name, version=self._version.number, **_named(waiting)
        )
        try:
            if [pending for pending in waiting if _send(pending, child)]:
                child.compute()
                self._child = child
        except Exception as defect:  # its jobs are settled by whoever listens
            self._defect = defect

    def look(self) -> bool:
        """Learn what the child is at; whether that is another step than at the last look."""
        begun = self._child.begun() if self._child else None
        if begun is None or begun["step"] == self._step:
            return False
        self._step = begun["step"]
        self._phase, self._at_hand = begun["phase"], begun["serials"]
        for serial in begun["begun"]:
            if pending := self._pending_jobs.get(serial):
                pending.touched = True
        return True

    async def listen(self) -> None:
        """Listen until the child has answered for every job that it was handed.

        Raises:
            ChildGone: it ended, or said what made no sense.
            Exception: what went wrong when it was handed the batch.
        """
        if self._defect:
            raise self._defect
        if self._child is None:
            return
        calls = RemoteCalls(self._child.infer)
        try:
            await self._listen(self._child, calls)
        except BaseException:
            self.look()
            raise
        finally:
            calls.stop()
            self.server_trouble = calls.trouble

    async def _listen(self, child: ChildProcess, calls: RemoteCalls) -> None:
        while True:
            message = await child.receive()
            if message["type"] == "batch_done":
                return
            if message["type"] == "ready" or message["type"] == "load_failed":
                raise ChildGone("The child answered out of turn.")
            if message["type"] == "ask":
                calls.ask(message["inputs"], child)
            elif pending := self._addressee(message["serial"]):
                self._take(pending, message, self._provenance(child))

    def cancel(self, pending: PendingJob) -> bool:
        """Call a job off; False: its child has to let go of it, and was told so."""
        if self._child is None:
            pending.settle(Canceled(pending.job))
            return True
        self.look()
        self._call_off(self._child, pending.serial)
        if not self._at_hand or pending.serial in self._at_hand:
            return False
        # The child will skip it: nothing has to end for it.
        self._forget(pending.serial)
        pending.settle(Canceled(pending.job))
        return True

    def release(self) -> list[PendingJob]:
        """What the child is not at, to be computed by another one, while it goes on with the rest.

        Empty while it has begun with nothing.
        """
        self.look()
        if self._child is None or not self._at_hand:
            return []
        released = []
        for serial, pending in list(self._pending_jobs.items()):
            if pending.is_settled or serial in self._called_off.union(self._at_hand):
                continue
            self._call_off(self._child, serial)
            self._forget(serial)
            pending.begin_anew()
            released.append(pending)
        return released

    def holds(self, pending: PendingJob) -> bool:
        """Whether this job is of this batch, and unsettled."""
        return pending.serial in self._pending_jobs and not pending.is_settled

    def settle_rest(self, end: End) -> None:
        """Settle what the child left unanswered, by what ended it.

        What it had begun with may have been the cause, of a time-out only what it was at; the rest
        is given back. If it had begun with nothing, any of them may have been.
        """
        rest = [pending for pending in self._pending_jobs.values() if not pending.is_settled]
        begun = [pending for pending in rest if pending.touched]
        if end is End.TIMEOUT:
            begun = [pending for pending in rest if pending.serial in self._at_hand]
        blamed = begun or rest
        if not begun and self._released.intersection(self._at_hand):
            blamed = []  # it was at what had just been released
        failure = failure_of(end, self._phase, self._version.config.timeout_seconds)
        if failure:
            for pending in blamed:
                pending.fail(failure, shared=len(blamed) > 1)
        for pending in rest:
            pending.settle(GivenBack(pending.job))

    def _forget(self, serial: int) -> None:
        del self._pending_jobs[serial]
        self._released.add(serial)

    def _call_off(self, child: ChildProcess, serial: int) -> None:
        self._called_off.add(serial)
        child.send({"type": "cancel", "serial": serial})

    def _addressee(self, serial: int) -> PendingJob | None:
        """The job that is meant; None: it was released."""
        if serial in self._released:
            return None
        if serial not in self._pending_jobs:
            raise ChildGone("The child answered for a job it was not given.")
        return self._pending_jobs[serial]

    def _take(
        self, pending: PendingJob, message: messages.AboutJob, provenance: dict[str, str]
    ) -> None:
        job = pending.job
        match message["type"]:
            case "progress":
                stage, fraction = message["stage"], message["fraction"]
                pending.advance(Progress(job.id, job.attempt, stage, fraction, message["partial"]))
            case "thumbnail":
                pending.note_thumbnail(message["thumbhash"])
            case "canceled" if pending.serial not in self._called_off:
                # It would be given back and tried again without end.
                raise ChildGone("The child let go of a job that was not called off.")
            case "canceled":
                pending.settle(Canceled(job))
            case "failed":
                self._settle(pending, failed(pending, message))
            case "succeeded":
                self._settle(pending, succeeded(pending, message, provenance))
            case "computed":
                self._settle(pending, computed(pending, message, provenance))

    def _settle(
        self, pending: PendingJob, outcome: Succeeded | Computed | Failed | GivenBack
    ) -> None:
        """Whoever asks for the statistics after a result finds its batch counted."""
        if isinstance(outcome, Succeeded | Computed | Failed) and outcome.timing:
            size = max(1, outcome.timing.batch_size)
            told = self._items_told[size]
            self._items_told[size] = told + pending.items
            for _ in range(math.ceil(told / size), math.ceil((told + pending.items) / size)):
                self._executed(size)
        pending.settle(outcome)

    def _provenance(self, child: ChildProcess) -> dict[str, str]:
        return {"model_sha256": self._version.sha256, "device": child.device}


def _send(pending: PendingJob, child: ChildProcess) -> bool:
    """Hand a job to the child; False: it cannot be, and the job is settled."""
    pending.begin()
    try:
        child.hold(item_of(pending))
    except WireError:
        pending.fail(InvalidInput("The input is too large."))
        return False
    return True


def _named(pending_jobs: Sequence[PendingJob]) -> dict[str, object]:
    """What log lines say of what a child works at: predictions, and the trace where it is one."""
    claimed = [pending.job.id for pending in pending_jobs if pending.is_claimed]
    if len(pending_jobs) != 1:
        return {"predictions": claimed}
    (pending,) = pending_jobs
    own = {"prediction": pending.job.id} if pending.is_claimed else {}
    return {**own, **log_fields(pending.traceparent)}
