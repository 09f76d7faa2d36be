"""When a version that did not load is tried again, and whether it takes work until then."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

RETRY_SECONDS: Final = 5.0
"""After a load that failed the next one waits so long; twice as long each time."""
MAX_RETRY_SECONDS: Final = 60.0


class LoadBackoff:
    """What came of the loads of one version.

    While it is down, `try_again` is called on the event loop when the pause is over, so that a load
    of its own finds out whether the trouble has passed, and no job has to.
    """

    def __init__(self, try_again: Callable[[], None]) -> None:
        self.reason = ""
        """Why the last load failed; empty: it did not. For operators."""
        self.is_down = False
        """Whether the last load failed when no other instance was loaded."""
        self._try_again = try_again
        self._pause = RETRY_SECONDS
        self._retry_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_due(self) -> bool:
        """Whether the pause after the last failure is over."""
        return time.monotonic() >= self._retry_at

    def succeeded(self) -> None:
        """An instance was loaded."""
        self.stop()
        self.reason, self.is_down = "", False
        self._pause, self._retry_at = RETRY_SECONDS, 0.0

    def failed(self, reason: str, *, is_down: bool) -> None:
        """A load failed; `is_down`: and nothing else is loaded."""
        self.stop()
        self.reason, self.is_down = reason, is_down
        self._retry_at = time.monotonic() + self._pause
        if is_down:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._pause, self._try_again)
        self._pause = min(2 * self._pause, MAX_RETRY_SECONDS)

    def stop(self) -> None:
        """Try again no more."""
        if self._timer:
            self._timer.cancel()
