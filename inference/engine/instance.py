"""A model instance: one slot that runs batches in a child process."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from functools import partial

from inference.engine.batch_watch import BatchWatch
from inference.engine.child_end import End
from inference.engine.errors import LoadFailed
from inference.engine.launch import Launcher
from inference.engine.model_version import ModelVersion
from inference.engine.observer import Observer
from inference.engine.pending_job import PendingJob
from inference.engine.process import ChildGone, ChildProcess
from inference.engine.running_batch import RunningBatch
from inference.engine.types import Canceled

logger = logging.getLogger(__name__)


class Instance:
    """Loads its model into a child, and then runs one batch at a time.

    A child ends when it crashes, hangs, outgrows its memory or lies idle; to go on, load again.
    `cancel_seconds` is how long a child may take to let go of a job that was called off;
    `grew_slow` is called with the instance when it becomes slow, `lost_server` with the reason when
    the server that computes its model is not to be used now: then its child has ended.
    """

    def __init__(
        self,
        version: ModelVersion,
        launcher: Launcher,
        observer: Observer,
        *,
        cancel_seconds: float,
        grew_slow: Callable[["Instance"], None],
        lost_server: Callable[[str], None],
    ) -> None:
        self._version = version
        self._launcher = launcher
        self._observer = observer
        self._cancel_seconds = cancel_seconds
        self._lost_server = lost_server
        self._watch = BatchWatch(version.config, self._kill, partial(grew_slow, self))
        self._child: ChildProcess | None = None
        self._has_run = False
        self._launch: asyncio.Task[ChildProcess] | None = None
        self._batch: RunningBatch | None = None
        self._killed_for: End | None = None
        self._is_stopped = False
        self._idle_timer: asyncio.TimerHandle | None = None
        self._idle_seconds: float | None = None
        """How long it may lie idle by the timer that runs; None: there is none."""
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def is_loaded(self) -> bool:
        """Whether a batch would find its child running."""
        return self._child is not None and self._child.is_alive

    @property
    def memory_bytes(self) -> int:
        """What its child uses, resident; 0: there is none."""
        return self._child.memory_bytes() if self._child else 0

    @property
    def device(self) -> str:
        """Where its child computes: `cpu`, `cuda:0`; empty: there is none."""
        return self._child.device if self._child else ""

    @property
    def is_slow(self) -> bool:
        """Whether it is long at one step of its batch."""
        return self._watch.is_slow

    @property
    def pending_jobs(self) -> Sequence[PendingJob]:
        """What it computes."""
        return self._batch.pending_jobs if self._batch else ()

    def holds(self, pending: PendingJob) -> bool:
        """Whether this job is in the batch that runs, and unsettled."""
        return self._batch is not None and self._batch.holds(pending)

    async def load(self) -> None:
        """Have a child that is ready to compute; not to be called while a batch runs.

        Raises:
            LoadFailed: there is none.
        """
        self._forget_idleness()
        await self._end_child("crash")
        began = time.monotonic()
        try:
            self._child = await self._launched()
        except LoadFailed as failure:
            self._observer.loaded(self._version, time.monotonic() - began, failure.reason)
            raise
        self._has_run = False
        self._observer.loaded(self._version, time.monotonic() - began, None)

    def run(
        self, pending_jobs: Sequence[PendingJob], ended: Callable[[], None] = lambda: None
    ) -> asyncio.Task[None]:
        """Settle every one of these jobs, whatever happens; the task ends when that is done.

        Its child has the jobs when this returns. `ended` is called when the next may run, before
        whoever waits for one of these goes on: the child need not wait for them.
        """
        self._forget_idleness()
        executed = partial(self._observer.computed, self._version)
        self._batch = RunningBatch(pending_jobs, self._version, executed)
        if self._child and not self._is_stopped:
            self._batch.hand_over(self._child)
        return asyncio.create_task(self._run(self._batch, ended))

    def cancel(self, pending: PendingJob) -> None:
        """Call off a pending job of the batch that runs; its mates go on unless the child hangs."""
        if self._batch and not self._batch.cancel(pending):
            loop = asyncio.get_running_loop()
            loop.call_later(self._cancel_seconds, self._end_stubborn, pending)

    def release(self) -> Sequence[PendingJob]:
        """The jobs of the batch that its child is not at: others may compute them."""
        return self._batch.release() if self._batch else ()

    def rest(self, seconds: float) -> None:
        """End its child when it has lain idle for so long; 0: it stays."""
        if self._child and self._idle_seconds != seconds:
            self._forget_idleness()
            self._idle_seconds = seconds
            if seconds:
                loop = asyncio.get_running_loop()
                self._idle_timer = loop.call_later(seconds, self._close, "idle")

    def let_go(self, how: str) -> None:
        """End its child, which has nothing to do; `how` is what the observer is told."""
        self._close(how)

    async def stop(self, how: str = "stop") -> None:
        """End the child at once and for good; what it was computing is given back.

        `how` is what the observer is told of its end.
        """
        self._is_stopped = True
        if self._launch and not self._launch.cancelling():  # not again while it cleans up
            self._launch.cancel()
        if self._batch:
            self._kill(End.STOP)
        else:
            self._close(how)
        if self._closing:
            await asyncio.wait(self._closing)

    async def _launched(self) -> ChildProcess:
        if not self._is_stopped:
            self._launch = asyncio.create_task(self._launcher.launch(self._version))
            await asyncio.wait([self._launch])
            launched, self._launch = self._launch, None
            if not launched.cancelled():
                child = launched.result()
                if not self._is_stopped:
                    return child
                child.kill()
                await child.close()
        raise LoadFailed("It was stopped while it loaded.")

    async def _run(self, batch: RunningBatch, ended: Callable[[], None]) -> None:
        end = End.CRASH  # which a defect of ours comes to as well
        try:
            if self._child and not self._is_stopped:
                await self._watch.listen(batch, self._child)
            end = End.STOP
        except ChildGone:
            asleep = self._has_run and not batch.is_touched
            end = self._killed_for or (End.DIED_IDLE if asleep else End.CRASH)
        finally:
            # One that was killed as its batch ended must not be given the next.
            how = self._killed_for or end
            if how is not End.STOP or self._is_stopped:
                await self._end_child("crash" if how is End.DIED_IDLE else how.name.lower())
            batch.settle_rest(end)
            if batch.server_trouble and not self._is_stopped:
                await self._end_child("server")
                self._lost_server(batch.server_trouble)
            self._batch, self._has_run, self._watch.is_slow = None, True, False
            ended()

    def _end_stubborn(self, pending: PendingJob) -> None:
        if self.holds(pending):
            pending.settle(Canceled(pending.job))
            self._kill(End.CANCEL)

    def _kill(self, end: End) -> None:
        if self._child:
            self._killed_for = end
            self._child.kill()

    async def _end_child(self, how: str) -> None:
        """End the child, if there is one, because of trouble with it or because all ends."""
        child, self._child, self._killed_for = self._child, None, None
        if child:
            child.kill()
            status = await child.close()
            self._observer.ended(self._version, how)
            name, number = self._version.config.name, self._version.number
            level = logging.INFO if how == "stop" else logging.WARNING
            logger.log(level, "A child of %s %s ended: %s (%s).", name, number, how, status)

    def _forget_idleness(self) -> None:
        self._idle_seconds = None
        if self._idle_timer:
            self._idle_timer.cancel()

    def _close(self, how: str) -> None:
        """End a child that has nothing to do."""
        self._forget_idleness()
        if self._child:
            task = asyncio.create_task(self._hang_up(self._child, how))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
            self._child = None

    async def _hang_up(self, child: ChildProcess, how: str) -> None:
        await child.close()
        self._observer.ended(self._version, how)
