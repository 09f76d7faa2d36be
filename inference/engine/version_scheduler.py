"""The way to one version of a model: its waiting jobs and its instances."""

import asyncio
import logging
import time
from typing import Final

from inference.engine.batcher import Batcher
from inference.engine.errors import ModelUnavailable, QueueFull, QueueTimeout
from inference.engine.instance import Instance
from inference.engine.instances import Instances
from inference.engine.launch import Launcher
from inference.engine.loading import Loading
from inference.engine.model_version import ModelVersion
from inference.engine.observer import Observer
from inference.engine.pending_job import PendingJob
from inference.engine.types import Canceled, GivenBack

LOAD_STAGE: Final = "load"
"""What a job is at while it waits for the first instance."""

logger = logging.getLogger(__name__)


class VersionScheduler:
    """Brings pending jobs to instances in batches, and loads instances when there is need.

    Work that has a row was claimed within `capacity` and waits as long as it takes; what comes
    by other protocols is refused when `max_queue_size` wait, and when its time to wait is over.
    While nothing can be loaded it takes no work, and tries again by itself.
    """

    def __init__(
        self,
        version: ModelVersion,
        launcher: Launcher,
        observer: Observer,
        *,
        cancel_seconds: float,
    ) -> None:
        config = version.config
        self.version = version
        self._claims_at_each = 1 if config.max_batch_size <= 1 else 2 * config.max_batch_size
        self._batcher: Batcher[PendingJob] = Batcher(
            config.max_batch_size, config.batching.max_queue_delay_ms / 1000, time.monotonic
        )

        def instance() -> Instance:
            return Instance(
                version,
                launcher,
                observer,
                cancel_seconds=cancel_seconds,
                grew_slow=self._make_way,
                lost_server=lambda reason: self._loading.lose_server(reason),  # noqa: PLW0108  # made below
            )

        self._instances: Final = Instances(config.instances, instance)
        self._loading: Final = Loading(
            version,
            self._instances,
            launcher.remote,
            ended=self._dispatch,
            give_up=self._give_up,
        )
        self._pending_jobs: set[PendingJob] = set()
        self._claimed = 0
        self._timer: asyncio.TimerHandle | None = None
        self._soon: asyncio.Handle | None = None

    def capacity(self, *, reserved: bool = False) -> int:
        """How many more claimed jobs it would take now, or of people of whom it computes
        nothing; batching models keep a second batch ready."""
        limit = self._instances.places(reserved=reserved) * self._claims_at_each
        return 0 if self.is_down else max(0, limit - self._claimed)

    @property
    def instances(self) -> int:
        """How many are loaded."""
        return self._instances.loaded

    @property
    def memory_bytes(self) -> int:
        """What the children use, resident."""
        return self._instances.memory_bytes

    @property
    def is_down(self) -> bool:
        """Whether it takes no work: nothing could be loaded, until a load of its own succeeds."""
        return self._loading.backoff.is_down

    @property
    def trouble(self) -> str:
        """Why the last instance was not loaded; empty: it was. For operators."""
        return self._loading.backoff.reason

    def submit(self, pending: PendingJob) -> None:
        """Take a pending job; its outcome will be set."""
        batching = self.version.config.batching
        if self.is_down:
            pending.fail(ModelUnavailable())
            return
        if not pending.is_claimed and len(self._batcher) >= batching.max_queue_size:
            pending.fail(QueueFull())
            return
        self._pending_jobs.add(pending)
        self._claimed += pending.is_claimed
        pending.when_settled(self._leave)
        self._batcher.add(pending, bucket=pending.bucket, places=pending.items)
        self._limit_wait(pending)
        if not self.instances:
            pending.start_stage(LOAD_STAGE)
        self._dispatch_soon()

    def cancel(self, pending: PendingJob) -> None:
        """Call off a pending job, wherever it is."""
        if self._batcher.remove(pending):
            pending.settle(Canceled(pending.job))
        self._instances.cancel(pending)

    async def load(self, count: int) -> None:
        """Have so many instances loaded, or as many as there are; those that load already count.

        Raises:
            LoadFailed: one of them could not be.
        """
        await self._loading.load(count)

    async def close(self) -> None:
        """Finish all that is here, then end every child: nothing more will be submitted.

        What waits when no instance is left, and none can be loaded, is given back.
        """
        self._loading.is_closing = True
        while self._pending_jobs:
            await asyncio.wait([pending.outcome for pending in self._pending_jobs])
        if runs := self._instances.runs:
            await asyncio.wait(runs)
        await self._end("unload")

    async def stop(self, grace_seconds: float) -> None:
        """Give back what waits, let run what runs for so long, then end every child."""
        self._loading.is_closing = True
        for pending in self._batcher.drain():
            pending.settle(GivenBack(pending.job))
        await self._instances.stop_loads()
        runs = self._instances.runs
        if runs and grace_seconds > 0:
            await asyncio.wait(runs, timeout=grace_seconds)
        await self._end("stop")

    async def _end(self, how: str) -> None:
        self._loading.stop()
        if self._timer:
            self._timer.cancel()
        await self._instances.stop(how)
        for pending in self._batcher.drain():  # what a slow instance has released meanwhile
            pending.settle(GivenBack(pending.job))

    def _leave(self, pending: PendingJob) -> None:
        self._pending_jobs.discard(pending)
        self._claimed -= pending.is_claimed

    def _limit_wait(self, pending: PendingJob) -> None:
        seconds, ms = pending.job.queue_timeout, self.version.config.batching.timeout_ms
        if seconds is None and ms is not None and not pending.is_claimed:
            seconds = ms / 1000
        if seconds is not None:
            expiry = asyncio.get_running_loop().call_later(seconds, self._expire, pending)
            pending.when_settled(lambda _pending: expiry.cancel())

    def _expire(self, pending: PendingJob) -> None:
        if self._batcher.remove(pending):
            pending.fail(QueueTimeout())

    def _dispatch_soon(self) -> None:
        # At the end of this turn of the loop: what was claimed together goes out together.
        if not self._soon:
            self._soon = asyncio.get_running_loop().call_soon(self._dispatch)

    def _dispatch(self) -> None:
        self._soon = None
        while (
            self._batcher
            and (may_run := self._instances.may_run())
            and (ready := self._instances.ready())
            and (batch := self._batcher.take(may_run))
        ):
            self._instances.run(ready, batch, self._dispatch).add_done_callback(self._ran)
        may_run = self._instances.may_run() if self._batcher else None
        ready_at = self._batcher.ready_at(may_run) if may_run else None
        if ready_at is None:
            return
        waiting = ready_at - time.monotonic()
        self._loading.load_if_needed(waits_for_one=waiting <= 0)
        if waiting > 0:
            self._set_timer(waiting)

    def _make_way(self, slow: Instance) -> None:
        """Have others compute what a slow instance has not come to, and what else waits."""
        for pending in reversed(slow.release()):
            self._batcher.add(
                pending, bucket=pending.bucket, places=pending.items, arrived=pending.arrived
            )
        self._dispatch_soon()

    def _give_up(self) -> None:
        for pending in self._batcher.drain():
            if self._loading.is_closing:
                pending.settle(GivenBack(pending.job))  # its files may have made room for others
            else:
                pending.fail(ModelUnavailable())

    def _ran(self, run: asyncio.Task[None]) -> None:
        if not run.cancelled() and (error := run.exception()):
            logger.error("A batch of %s failed.", self.version.config.name, exc_info=error)

    def _set_timer(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._dispatch)
