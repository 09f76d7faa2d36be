"""How long a process has worked: the time in which it waited for a core is left out."""

import asyncio
import contextlib
import time
from pathlib import Path
from typing import Final

SAMPLE_SECONDS: Final = 1.0
MIN_SAMPLE_SECONDS: Final = 0.01
MAX_STRETCH: Final = 10.0
"""However few cores there are, a tenth of the time that passes is counted."""


class WorkClock:
    """Counts the seconds since its last `restart` in which a process worked.

    Waiting for a core is what all threads of a process wait that could run and are not let, as
    Linux tells it (`/proc/PID/task/*/schedstat`, the second figure); the thread that waits longest
    counts. Everything else is work: computing, and also sleeping, waiting for a disk or for a GPU,
    since another core would not make it shorter. Where the system does not tell, all time counts.
    """

    def __init__(self, pid: int) -> None:
        self._threads = Path(f"/proc/{pid}/task")
        self._delays: dict[str, float] | None = None
        """As they were at the last look; None: there was none."""
        self._looked = 0.0
        self.restart()

    def restart(self) -> None:
        """Begin to count anew."""
        self._began = time.monotonic()
        self._waited = 0.0

    def seconds(self) -> float:
        """The seconds of work so far; what was before the first look at the process counts all."""
        now = time.monotonic()
        delays = self._read()
        if self._delays is not None:
            before = self._delays
            longest = max((delays[one] - before.get(one, 0.0) for one in delays), default=0.0)
            # What was waited before the restart is not waited again.
            self._waited += min(longest, now - max(self._looked, self._began))
        self._delays, self._looked = delays, now
        passed = now - self._began
        return max(passed - self._waited, passed / MAX_STRETCH)

    async def passed(self, limit: float) -> None:
        """Returns once more than `limit` seconds of work are counted."""
        while (left := limit - self.seconds()) >= 0:
            await self.pause(left)

    async def pause(self, seconds: float) -> None:
        """Sleep for so long, but not past the next look that the count needs to be exact."""
        await asyncio.sleep(min(max(seconds, MIN_SAMPLE_SECONDS), SAMPLE_SECONDS))

    def _read(self) -> dict[str, float]:
        """For how many seconds each thread waited for a core since it began."""
        delays: dict[str, float] = {}
        with contextlib.suppress(OSError):  # it has ended, or this is not Linux
            for thread in self._threads.iterdir():
                with contextlib.suppress(OSError, IndexError):
                    told = (thread / "schedstat").read_text()
                    delays[thread.name] = int(told.split()[1]) / 1e9
        return delays
