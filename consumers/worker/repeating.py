"""What a worker does again and again, whatever the database says in between."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from consumers.database import ANY_ERROR

logger = logging.getLogger("darkroom.worker")

_TROUBLE: Final = "database unavailable, trying again"
_RETRY_SECONDS: Final = 1.0


class Repeating:
    """Work by the clock. `on_trouble` is called whenever the database did not take some of it."""

    def __init__(self, on_trouble: Callable[[], None]) -> None:
        self._on_trouble = on_trouble

    async def every(
        self,
        seconds: float,
        work: Callable[[], Awaitable[None]],
        now: asyncio.Event | None = None,
    ) -> None:
        """Does it, and again so long after it is done, or as soon as `now` is set. Never returns.

        Raises:
            Exception: the work has a defect.
        """
        while True:
            try:
                await work()
            except ANY_ERROR:
                logger.exception(_TROUBLE)
                self._on_trouble()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await (now or asyncio.Event()).wait()
            if now is not None:
                now.clear()


async def until_done(call: Callable[[], Awaitable[None]], stopping: asyncio.Event) -> None:
    """Repeats a call until the database takes it, or the worker stops."""
    while not stopping.is_set():
        try:
            await call()
        except ANY_ERROR:
            logger.exception(_TROUBLE)
            await asyncio.sleep(_RETRY_SECONDS)
        else:
            return
