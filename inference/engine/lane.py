"""The way to one version of a model: its waiting jobs and its instances."""

import asyncio
import logging
import time

from inference.engine.batcher import Batcher
from inference.engine.instance import Instance
from inference.engine.repository import ModelVersion
from inference.engine.ticket import Ticket
from inference.engine.types import Canceled, DecodeLimits, GivenBack

logger = logging.getLogger(__name__)


class Lane:
    """Brings tickets to instances in batches."""

    def __init__(
        self, version: ModelVersion, limits: DecodeLimits, *, cancel_seconds: float
    ) -> None:
        config = version.config
        self.version = version
        self._limit = config.instances.count * (
            1 if config.max_batch_size == 1 else 2 * config.max_batch_size
        )
        self._batcher: Batcher[Ticket] = Batcher(
            config.max_batch_size, config.max_queue_delay_ms / 1000, time.monotonic
        )
        self._free = [
            Instance(version, limits, cancel_seconds=cancel_seconds)
            for _ in range(config.instances.count)
        ]
        self._runs: dict[asyncio.Task[None], Instance] = {}
        self._in_flight = 0
        self._timer: asyncio.TimerHandle | None = None
        self._soon: asyncio.Handle | None = None

    @property
    def capacity(self) -> int:
        """How many more tickets it would take now; batching models keep a second batch ready."""
        return max(0, self._limit - self._in_flight)

    def submit(self, ticket: Ticket) -> None:
        """Take a ticket; its outcome will be set."""
        self._in_flight += 1
        ticket.outcome.add_done_callback(self._leave)
        self._batcher.add(ticket, alone=ticket.job.alone)
        # At the end of this turn of the loop: what was claimed together goes out together.
        if not self._soon:
            self._soon = asyncio.get_running_loop().call_soon(self._dispatch)

    def cancel(self, ticket: Ticket) -> None:
        """Call off a ticket, wherever it is."""
        if self._batcher.remove(ticket):
            ticket.settle(Canceled(ticket.job))
        for instance in self._runs.values():
            if instance.holds(ticket):
                instance.cancel(ticket)

    async def stop(self, grace_seconds: float) -> None:
        """Give back what waits, let run what runs for so long, then end every child."""
        for ticket in self._batcher.drain():
            ticket.settle(GivenBack(ticket.job))
        if self._timer:
            self._timer.cancel()
        if self._runs and grace_seconds > 0:
            await asyncio.wait(self._runs, timeout=grace_seconds)
        runs = list(self._runs)
        await asyncio.gather(*(i.stop() for i in (*self._free, *self._runs.values())))
        if runs:
            await asyncio.wait(runs)

    def _leave(self, _outcome: object) -> None:
        self._in_flight -= 1

    def _dispatch(self) -> None:
        self._soon = None
        while self._free and (batch := self._batcher.take()):
            instance = max(self._free, key=lambda free: free.is_loaded)
            self._free.remove(instance)
            run = instance.run(batch)
            self._runs[run] = instance
            run.add_done_callback(self._ran)
        self._set_timer()

    def _ran(self, run: asyncio.Task[None]) -> None:
        self._free.append(self._runs.pop(run))
        if not run.cancelled() and (error := run.exception()):
            logger.error("A batch of %s broke.", self.version.config.name, exc_info=error)
        self._dispatch()

    def _set_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        ready_at = self._batcher.ready_at() if self._free else None
        if ready_at is not None:
            delay = max(0.0, ready_at - time.monotonic())
            self._timer = asyncio.get_running_loop().call_later(delay, self._dispatch)
