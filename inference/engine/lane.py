"""The way to one version of a model: its waiting jobs and its instances."""

import asyncio
import logging
import time
from typing import Final

from inference.engine.batcher import ALONE, Batcher
from inference.engine.errors import LoadFailed, ModelUnavailable, QueueFull, QueueTimeout
from inference.engine.instance import Instance
from inference.engine.load_backoff import LoadBackoff
from inference.engine.observer import Observer
from inference.engine.repository import ModelVersion
from inference.engine.ticket import Ticket
from inference.engine.types import Canceled, DecodeLimits, GivenBack

logger = logging.getLogger(__name__)


class Lane:
    """Brings tickets to instances in batches, and loads instances when there is need.

    Work that has a row was claimed within `capacity` and waits as long as it takes; what comes
    through other doors is refused when `max_queue_size` wait, and when its time to wait is over.
    While nothing can be loaded it takes no work, and tries again by itself.
    """

    def __init__(
        self,
        version: ModelVersion,
        limits: DecodeLimits,
        observer: Observer,
        *,
        cancel_seconds: float,
    ) -> None:
        config = version.config
        self.version = version
        self._backoff = LoadBackoff(self._try_again)
        self._limit = config.instances.count * (
            1 if config.max_batch_size <= 1 else 2 * config.max_batch_size
        )
        self._batcher: Batcher[Ticket] = Batcher(
            config.max_batch_size, config.batching.max_queue_delay_ms / 1000, time.monotonic
        )
        self._instances: Final = [
            Instance(version, limits, observer, cancel_seconds=cancel_seconds)
            for _ in range(config.instances.count)
        ]
        self._free = list(self._instances)
        self._busy: dict[asyncio.Task[None], Instance] = {}
        """Instances that run a batch or load."""
        self._loads: set[asyncio.Task[None]] = set()
        self._tickets: set[Ticket] = set()
        self._claimed = 0
        self._is_closing = False
        self._timer: asyncio.TimerHandle | None = None
        self._soon: asyncio.Handle | None = None

    @property
    def capacity(self) -> int:
        """How many more claimed tickets it would take now; batching models keep a second batch
        ready."""
        return 0 if self.is_down else max(0, self._limit - self._claimed)

    @property
    def instances(self) -> int:
        """How many are loaded."""
        return sum(instance.is_loaded for instance in self._instances)

    @property
    def memory_bytes(self) -> int:
        """What the children use, resident."""
        return sum(instance.memory_bytes for instance in self._instances)

    @property
    def is_down(self) -> bool:
        """Whether it takes no work: nothing could be loaded, until a load of its own succeeds."""
        return self._backoff.is_down

    @property
    def trouble(self) -> str:
        """Why the last instance was not loaded; empty: it was. For operators."""
        return self._backoff.reason

    def submit(self, ticket: Ticket) -> None:
        """Take a ticket; its outcome will be set."""
        batching = self.version.config.batching
        if self.is_down:
            ticket.fail(ModelUnavailable())
            return
        if not _is_claimed(ticket) and len(self._batcher) >= batching.max_queue_size:
            ticket.fail(QueueFull())
            return
        self._tickets.add(ticket)
        self._claimed += _is_claimed(ticket)
        ticket.outcome.add_done_callback(lambda _outcome: self._leave(ticket))
        bucket = ALONE if ticket.job.alone else ticket.bucket
        self._batcher.add(ticket, bucket=bucket, places=ticket.items)
        self._limit_wait(ticket)
        # At the end of this turn of the loop: what was claimed together goes out together.
        if not self._soon:
            self._soon = asyncio.get_running_loop().call_soon(self._dispatch)

    def cancel(self, ticket: Ticket) -> None:
        """Call off a ticket, wherever it is."""
        if self._batcher.remove(ticket):
            ticket.settle(Canceled(ticket.job))
        for instance in self._busy.values():
            if instance.holds(ticket):
                instance.cancel(ticket)

    async def load(self, count: int) -> None:
        """Have so many instances loaded, or as many as there are.

        Raises:
            LoadFailed: one of them could not be.
        """
        wanted = [free for free in self._free if not free.is_loaded]
        loads = [self._load(instance) for instance in wanted[: max(0, count - self.instances)]]
        if loads:
            await asyncio.wait(loads)
        for load in loads:
            load.result()

    async def close(self) -> None:
        """Finish all that is here, then end every child: nothing more will be submitted.

        What waits when no instance is left, and none can be loaded, is given back.
        """
        self._is_closing = True
        while self._tickets:
            await asyncio.wait([ticket.outcome for ticket in self._tickets])
        if runs := self._busy.keys() - self._loads:
            await asyncio.wait(runs)
        await self._end("unload")

    async def stop(self, grace_seconds: float) -> None:
        """Give back what waits, let run what runs for so long, then end every child."""
        self._is_closing = True
        for ticket in self._batcher.drain():
            ticket.settle(GivenBack(ticket.job))
        await asyncio.gather(*(self._busy[load].stop() for load in self._loads))
        runs = self._busy.keys() - self._loads
        if runs and grace_seconds > 0:
            await asyncio.wait(runs, timeout=grace_seconds)
        await self._end("stop")

    async def _end(self, how: str) -> None:
        self._backoff.stop()
        if self._timer:
            self._timer.cancel()
        busy = list(self._busy)
        await asyncio.gather(*(instance.stop(how) for instance in self._instances))
        if busy:
            await asyncio.wait(busy)

    def _leave(self, ticket: Ticket) -> None:
        self._tickets.discard(ticket)
        self._claimed -= _is_claimed(ticket)

    def _limit_wait(self, ticket: Ticket) -> None:
        seconds, ms = ticket.job.queue_timeout, self.version.config.batching.timeout_ms
        if seconds is None and ms is not None and not _is_claimed(ticket):
            seconds = ms / 1000
        if seconds is not None:
            expiry = asyncio.get_running_loop().call_later(seconds, self._expire, ticket)
            ticket.outcome.add_done_callback(lambda _outcome: expiry.cancel())

    def _expire(self, ticket: Ticket) -> None:
        if self._batcher.remove(ticket):
            ticket.fail(QueueTimeout())

    def _dispatch(self) -> None:
        self._soon = None
        while (ready := self._loaded_instance()) and (batch := self._batcher.take()):
            self._free.remove(ready)
            run = ready.run(batch)
            self._busy[run] = ready
            run.add_done_callback(self._ran)
        ready_at = self._batcher.ready_at()
        if ready_at is None:
            return
        waiting = ready_at - time.monotonic()
        if self._needs_instance(waits_for_one=waiting <= 0):
            self._load(next(free for free in self._free if not free.is_loaded))
        if waiting > 0:
            self._set_timer(waiting)

    def _loaded_instance(self) -> Instance | None:
        return next((free for free in self._free if free.is_loaded), None)

    def _needs_instance(self, *, waits_for_one: bool) -> bool:
        if self._loads or all(free.is_loaded for free in self._free):
            return False
        # While some work, one that does not load is not tried over and over.
        return (waits_for_one and self._backoff.is_due) or not self.instances

    def _try_again(self) -> None:
        if not self._loads:  # and nothing runs, since nothing is loaded
            self._load(self._free[0])

    def _load(self, instance: Instance) -> asyncio.Task[None]:
        self._free.remove(instance)
        load = asyncio.create_task(instance.load())
        self._busy[load] = instance
        self._loads.add(load)
        load.add_done_callback(self._loaded)
        return load

    def _loaded(self, load: asyncio.Task[None]) -> None:
        self._loads.discard(load)
        self._free.append(self._busy.pop(load))
        error = None if load.cancelled() else load.exception()
        if error:
            self._note_failure(error)
        elif not load.cancelled():
            self._backoff.succeeded()
        self._dispatch()

    def _note_failure(self, error: BaseException) -> None:
        config, number = self.version.config, self.version.number
        cause = None if isinstance(error, LoadFailed) else error
        logger.warning("%s %s did not load: %s", config.name, number, error, exc_info=cause)
        is_down = not self.instances and not self._busy
        if is_down:
            self._give_up()
        self._backoff.failed(str(error), is_down=is_down and not self._is_closing)

    def _give_up(self) -> None:
        for ticket in self._batcher.drain():
            if self._is_closing:
                ticket.settle(GivenBack(ticket.job))  # its files may have made room for others
            else:
                ticket.fail(ModelUnavailable())

    def _ran(self, run: asyncio.Task[None]) -> None:
        self._free.append(self._busy.pop(run))
        if not run.cancelled() and (error := run.exception()):
            logger.error("A batch of %s broke.", self.version.config.name, exc_info=error)
        self._dispatch()

    def _set_timer(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._dispatch)


def _is_claimed(ticket: Ticket) -> bool:
    return ticket.job.id > 0
