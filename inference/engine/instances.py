"""The instances of a scheduler: which are free, and how many may compute at once."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from inference.engine.config import InstancesConfig
from inference.engine.instance import Instance
from inference.engine.pending_job import PendingJob
from inference.engine.process import available_bytes

EXTRA: Final = 2
SPARE: Final = 2
"""So many times as much memory as the largest has is to be there for one more than `count`."""
EXTRA_IDLE_SECONDS: Final = 30.0
"""How long one more than `count` may lie idle."""

Task = asyncio.Task[None]


class Instances:
    """As many as are configured, and some more that help out while others are slow.

    For each that is long at one step of its batch another may compute beside them, within a bound.
    The last of these is kept for people of whom nothing is being computed, so that nobody holds
    everything up by sending several slow images.
    """

    def __init__(self, config: InstancesConfig, make: Callable[[], Instance]) -> None:
        self._config = config
        extra = EXTRA if config.extra is None else config.extra
        self._all: Final = [make() for _ in range(config.count + extra)]
        self._free = list(self._all)
        self._busy: dict[Task, Instance] = {}
        """Instances that run a batch or load."""
        self._loads: set[Task] = set()

    @property
    def loaded(self) -> int:
        """How many are loaded."""
        return sum(instance.is_loaded for instance in self._all)

    @property
    def memory_bytes(self) -> int:
        """What the children use, resident."""
        return sum(instance.memory_bytes for instance in self._all)

    @property
    def runs(self) -> set[Task]:
        """The batches that run."""
        return self._busy.keys() - self._loads

    @property
    def loads(self) -> list[Task]:
        """Those that load."""
        return list(self._loads)

    @property
    def is_loading(self) -> bool:
        return bool(self._loads)

    @property
    def is_idle(self) -> bool:
        """Whether none runs a batch or loads."""
        return not self._busy

    def places(self, *, reserved: bool = False) -> int:
        """How many batches may run at once; with the place that is `reserved`, or without."""
        slow = sum(instance.is_slow for instance in self._busy.values())
        if not slow:
            return self._config.count
        most = self._extra if reserved else self._extra - 1
        if not self._has_memory:
            most = min(most, self.loaded - self._config.count)
        return self._config.count + max(0, min(most, slow))

    def may_run(self) -> Callable[[PendingJob], bool] | None:
        """Which of the jobs that wait may be computed now; in the reserved place those of people
        of whom nothing is computed. None: none may, until something ends."""
        running = len(self._busy) - len(self._loads)
        if running < self.places():
            return lambda _pending: True
        if running < self.places(reserved=True):
            served = {pending.job.user_id for pending in self.pending_jobs()}
            return lambda pending: pending.is_claimed and pending.job.user_id not in served
        return None

    def ready(self) -> Instance | None:
        """A free one that is loaded."""
        return next((free for free in self._free if free.is_loaded), None)

    def unloaded(self) -> Sequence[Instance]:
        """The free ones that are not loaded."""
        return [free for free in self._free if not free.is_loaded]

    def pending_jobs(self) -> Iterable[PendingJob]:
        """Everything that is being computed."""
        return (pending for instance in self._busy.values() for pending in instance.pending_jobs)

    def run(
        self, instance: Instance, batch: Sequence[PendingJob], then: Callable[[], None]
    ) -> Task:
        """Have a loaded one run a batch; `then` is called at its end, when it is free again and
        before whoever waits for a result goes on."""

        def ended() -> None:
            if task in self._busy:
                self._ended(task)
                then()

        task = instance.run(batch, ended)
        self._begin(instance, task)
        # Where it failed before it could tell.
        task.add_done_callback(lambda _task: ended())
        return task

    def load(self, instance: Instance, then: Callable[[Task], None]) -> Task:
        """Have one loaded; `then` is called at the end, when it is free again."""
        load = asyncio.create_task(instance.load())
        self._loads.add(load)
        self._begin(instance, load)
        load.add_done_callback(self._ended)
        load.add_done_callback(then)
        return load

    def cancel(self, pending: PendingJob) -> None:
        """Call off a pending job, if it is being computed."""
        for instance in self._busy.values():
            if instance.holds(pending):
                instance.cancel(pending)

    def let_go(self, how: str) -> None:
        """End the children of those that are free; `how` is what the observer is told."""
        for free in self._free:
            free.let_go(how)

    async def stop_loads(self) -> None:
        """End those that load."""
        await asyncio.gather(*(self._busy[load].stop() for load in self._loads))

    async def stop(self, how: str) -> None:
        """End every child for good; `how` is what the observer is told."""
        busy = list(self._busy)
        await asyncio.gather(*(instance.stop(how) for instance in self._all))
        if busy:
            await asyncio.wait(busy)

    @property
    def _has_memory(self) -> bool:
        largest = max(instance.memory_bytes for instance in self._all)
        return available_bytes() >= SPARE * largest

    @property
    def _extra(self) -> int:
        if self._config.extra is None:
            # A GPU's memory is not given out on chance.
            on_gpu = any(instance.device.startswith("cuda") for instance in self._all)
            return 0 if on_gpu else EXTRA
        return self._config.extra

    def _begin(self, instance: Instance, task: Task) -> None:
        self._free.remove(instance)
        self._busy[task] = instance

    def _ended(self, task: Task) -> None:
        self._loads.discard(task)
        self._free.append(self._busy.pop(task))
        wanted = self._config.count - len(self._busy)
        for number, free in enumerate(free for free in self._free if free.is_loaded):
            free.rest(self._config.idle_seconds if number < wanted else EXTRA_IDLE_SECONDS)
