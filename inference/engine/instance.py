"""A model instance: one slot that runs batches in a child process, started when first needed."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from inference.engine.errors import ModelUnavailable
from inference.engine.launch import launch
from inference.engine.process import ChildGone, ChildProcess
from inference.engine.repository import ModelVersion
from inference.engine.running_batch import End, RunningBatch
from inference.engine.ticket import Ticket
from inference.engine.types import Canceled, DecodeLimits

MEMORY_WATCH_SECONDS: Final = 0.2

logger = logging.getLogger(__name__)


class Instance:
    """Runs one batch at a time. A child that ended is replaced when the next batch comes.

    `cancel_seconds` is how long a child may take to let go of a job that was called off.
    """

    def __init__(
        self, version: ModelVersion, limits: DecodeLimits, *, cancel_seconds: float
    ) -> None:
        self._version = version
        self._limits = limits
        self._cancel_seconds = cancel_seconds
        self._child: ChildProcess | None = None
        self._launch: asyncio.Task[ChildProcess] | None = None
        self._batch: RunningBatch | None = None
        self._killed_for: End | None = None
        self._is_stopped = False
        self._idle_timer: asyncio.TimerHandle | None = None
        self._closing: set[asyncio.Task[str]] = set()

    @property
    def is_loaded(self) -> bool:
        """Whether a batch would find its child running."""
        return self._child is not None and self._child.is_alive

    def holds(self, ticket: Ticket) -> bool:
        """Whether this ticket is in the batch that runs, and unsettled."""
        return self._batch is not None and self._batch.holds(ticket)

    def run(self, tickets: Sequence[Ticket]) -> asyncio.Task[None]:
        """Settle every one of these tickets, whatever happens; the task ends when that is done."""
        if self._idle_timer:
            self._idle_timer.cancel()
        self._batch = RunningBatch(tickets, self._version)
        return asyncio.create_task(self._run(self._batch))

    def cancel(self, ticket: Ticket) -> None:
        """Call off a ticket of the batch that runs; its mates go on unless the child hangs."""
        if self._batch and not self._batch.cancel(ticket):
            loop = asyncio.get_running_loop()
            loop.call_later(self._cancel_seconds, self._end_stubborn, ticket)

    async def stop(self) -> None:
        """End the child at once and for good; what it was computing is given back."""
        self._is_stopped = True
        if self._idle_timer:
            self._idle_timer.cancel()
        if self._launch:
            self._launch.cancel()
        if self._batch and self._child:
            self._kill(End.STOP)
        elif self._child:
            self._close_idle()
        await asyncio.gather(*self._closing)

    async def _run(self, batch: RunningBatch) -> None:
        end = End.STOP
        slept = self._child is not None
        try:
            child = await self._loaded_child()
            if child:
                watch = asyncio.create_task(self._watch_memory(child))
                try:
                    async with asyncio.timeout(self._version.config.timeout_seconds):
                        await batch.compute(child)
                finally:
                    watch.cancel()
        except ModelUnavailable as failure:
            batch.refuse(failure)
        except TimeoutError:
            end = End.TIMEOUT
            await self._end_child(end)
        except ChildGone:
            asleep = slept and not batch.is_touched
            end = self._killed_for or (End.ASLEEP if asleep else End.CRASH)
            await self._end_child(end)
        finally:
            batch.settle_rest(end)
            self._batch = None
            if self._is_stopped:
                await self._end_child(End.STOP)
            self._await_idleness()

    async def _watch_memory(self, child: ChildProcess) -> None:
        """Ends a child that outgrows its limit: from outside, since code that swaps or hangs in
        the middle of an allocation cannot watch itself."""
        limit = self._version.config.instances.memory_limit_mb << 20
        while child.memory_bytes() <= limit:  # noqa: ASYNC110  # memory sets no event
            await asyncio.sleep(MEMORY_WATCH_SECONDS)
        self._kill(End.MEMORY)

    async def _loaded_child(self) -> ChildProcess | None:
        if self._child and not self._child.is_alive:
            await self._end_child(End.CRASH)
        if self._child is None and not self._is_stopped:
            self._launch = asyncio.create_task(launch(self._version, self._limits))
            try:
                await asyncio.wait([self._launch])
                if self._launch.cancelled():
                    return None
                self._child = self._launch.result()
            finally:
                self._launch.cancel()
                self._launch = None
        return None if self._is_stopped else self._child

    def _end_stubborn(self, ticket: Ticket) -> None:
        if self.holds(ticket):
            ticket.settle(Canceled(ticket.job))
            self._kill(End.CANCEL)

    def _kill(self, end: End) -> None:
        if self._child:
            self._killed_for = end
            self._child.kill()

    async def _end_child(self, end: End) -> None:
        child, self._child, self._killed_for = self._child, None, None
        if child:
            child.kill()
            how = await child.close()
            logger.warning(
                "A child of %s %s ended: %s (%s).",
                self._version.config.name,
                self._version.number,
                end.name.lower(),
                how,
            )

    def _await_idleness(self) -> None:
        if self._child:
            loop = asyncio.get_running_loop()
            seconds = self._version.config.instances.idle_seconds
            self._idle_timer = loop.call_later(seconds, self._close_idle)

    def _close_idle(self) -> None:
        if self._child:
            task = asyncio.create_task(self._child.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
            self._child = None
