"""What a socket does beside its client's messages."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

logger = logging.getLogger("darkroom.sockets")


class Beside:
    """The tasks of one socket. `failed` is called for one that ends by a defect.

    A socket that lost one would stay and be deaf.
    """

    def __init__(self, failed: Callable[[], Awaitable[None]]) -> None:
        self._failed = failed
        self.tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Does this beside the rest."""
        task = asyncio.create_task(self._do(work))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def stop(self) -> None:
        """Calls all of it off."""
        for task in self.tasks:
            task.cancel()
        self.tasks.clear()

    async def _do(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:
            logger.exception("socket failed")
            await self._failed()
