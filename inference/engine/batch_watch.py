"""What is watched while a child computes a batch: its memory, and how long it is at one step."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from inference.engine.child_end import End
from inference.engine.config import ModelConfig
from inference.engine.process import ChildProcess
from inference.engine.running_batch import RunningBatch
from inference.engine.work_clock import WorkClock

SLOW_SECONDS: Final = 5.0
"""Of work at one step of a batch, after which an instance counts as slow."""
FIRST_LOOK_SECONDS: Final = 0.1
"""A batch that is done before costs no look at its child's threads. Its memory is looked at as
often, however short batches are."""


class BatchWatch:
    """Watches the batches of one instance, one at a time.

    `kill` is called with the reason when the child is to be ended, `grew_slow` when it becomes
    slow.
    """

    def __init__(
        self, config: ModelConfig, kill: Callable[[End], None], grew_slow: Callable[[], None]
    ) -> None:
        self._timeout_seconds = config.timeout_seconds
        self._memory_limit = config.instances.memory_limit_mb << 20
        self._kill = kill
        self._grew_slow = grew_slow
        self.is_slow = False
        """Whether the child is long at one step of its batch; whoever ends the batch resets it."""
        self._watched_at = 0.0
        """When a batch began with a look at the child's memory, by the monotonic clock."""

    async def listen(self, batch: RunningBatch, child: ChildProcess) -> None:
        """Listen to a batch until its child has answered (`RunningBatch.listen`)."""
        clock = WorkClock(child.pid)
        watches: list[asyncio.Task[None]] = []

        def watch() -> None:
            watches.append(asyncio.create_task(self._watch_memory(child)))
            watches.append(asyncio.create_task(self._watch_time(batch, clock)))

        now = time.monotonic()
        if now - self._watched_at >= FIRST_LOOK_SECONDS:
            self._watched_at = now
            if child.memory_bytes() > self._memory_limit:
                self._kill(End.MEMORY)
        first_look = asyncio.get_running_loop().call_later(FIRST_LOOK_SECONDS, watch)
        try:
            await batch.listen()
        finally:
            first_look.cancel()
            for one in watches:
                one.cancel()

    async def _watch_memory(self, child: ChildProcess) -> None:
        await child.outgrown(self._memory_limit)
        self._kill(End.MEMORY)

    async def _watch_time(self, batch: RunningBatch, clock: WorkClock) -> None:
        limit = self._timeout_seconds
        while True:
            # A step is as old as the look that finds it: it may have begun a little earlier.
            if batch.look():
                clock.restart()
                self.is_slow = False
            worked = clock.seconds()
            if worked > limit:
                break
            if worked > SLOW_SECONDS and not self.is_slow:
                self.is_slow = True
                self._grew_slow()
            await clock.pause((limit if self.is_slow else min(limit, SLOW_SECONDS)) - worked)
        self._kill(End.TIMEOUT)
