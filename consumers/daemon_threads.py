"""A few threads for calls that may take long, which keep no process from ending.

Those of `concurrent.futures` are waited for at exit, also while they wait for somebody's network.
"""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

logger = logging.getLogger("darkroom.threads")

T = TypeVar("T")


class DaemonThreads:
    """So many threads at most, started as they are needed. For one event loop."""

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._started = 0
        self._busy = 0
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    async def run(self, call: Callable[[], T]) -> T:
        """What the call gives, once one of the threads has made it."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def tell(result: Any, error: BaseException | None) -> None:
            self._busy -= 1
            if done.cancelled():
                return
            if error is None:
                done.set_result(result)
            else:
                done.set_exception(error)

        def make() -> None:
            result: Any = None
            error: BaseException | None = None
            try:
                # Whom nobody waits for any more holds up nobody else.
                result = None if done.cancelled() else call()
            except Exception as raised:
                error = raised
            try:
                loop.call_soon_threadsafe(tell, result, error)
            except RuntimeError:
                logger.info("a call ended after its process had")

        self._busy += 1
        if self._started < min(self._busy, self._most):
            threading.Thread(target=self._work, name=self._name, daemon=True).start()
            self._started += 1
        self._calls.put(make)
        return await done

    def _work(self) -> None:
        while True:
            self._calls.get()()
