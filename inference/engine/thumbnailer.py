"""Makes thumbnails of images that no model decodes soon, in a child process of its own."""

import asyncio
import itertools
import logging
import time
from enum import Enum, auto
from pathlib import Path
from typing import Final

from inference.engine.confinement import Reach
from inference.engine.process import ChildGone, ChildProcess
from inference.engine.to_child import Limits
from inference.engine.types import DecodeLimits
from inference.engine.work_clock import WorkClock

logger = logging.getLogger(__name__)

PROGRAM: Final = "inference.engine.child.thumbnailing"
IDLE_SECONDS: Final = 5.0
"""So long after the last image its process ends: at rest there is none."""
TIMEOUT_SECONDS: Final = 30.0
"""Of work on one image."""
MEMORY_LIMIT_MB: Final = 1024
_THREADS: Final = 1


class Unmade(Enum):
    """Why there is no thumbnail."""

    NEVER = auto()
    """The image cannot be decoded."""
    NOT_NOW = auto()
    """The storage or the machine did not let it: it may be tried again later."""


class Thumbnailer:
    """One image at a time. Its process starts with the first one, and ends when none comes."""

    def __init__(self, limits: DecodeLimits, reach: Reach) -> None:
        self._limits: Limits = {
            "formats": list(limits.formats),
            "max_pixels": limits.max_pixels,
            "max_side": limits.max_side,
        }
        self._reach = reach
        self._child: ChildProcess | None = None
        self._serials = itertools.count(1)
        self._last_at = 0.0

    async def make(self, source: Path, page: int, thumbnail: Path, display: Path) -> str | Unmade:
        """Write a thumbnail of this page of a file, and where not every browser shows that, the
        larger picture at `display`. Gives its ThumbHash, in base64."""
        try:
            child = self._child = self._child or await self._started()
        except OSError as error:
            logger.warning("No process could be started for thumbnails: %s", error)
            return Unmade.NOT_NOW
        serial = next(self._serials)
        child.send(
            {
                "type": "make_thumbnail",
                "serial": serial,
                "source": str(source),
                "page": page,
                "thumbnail": str(thumbnail),
                "display": str(display),
                "limits": self._limits,
            }
        )
        try:
            return await self._answer(child, serial)
        except ChildGone:
            how = await self._end()
            logger.warning("The process of thumbnails ended (%s).", how)
            # Whoever kills is out of memory, which need not be this image's doing.
            return Unmade.NOT_NOW if how == "SIGKILL" else Unmade.NEVER
        except asyncio.CancelledError:
            child.kill()
            raise
        finally:
            self._last_at = time.monotonic()

    async def rest(self) -> None:
        """End the process if nothing was wanted of it for a while."""
        if self._child and time.monotonic() - self._last_at >= IDLE_SECONDS:
            await self._end()

    async def close(self) -> None:
        """End the process at once."""
        if self._child:
            self._child.kill()
            await self._end()

    async def _started(self) -> ChildProcess:
        child = await ChildProcess.start(_THREADS, self._reach, PROGRAM)
        child.works_at(model="thumbnails")
        return child

    async def _answer(self, child: ChildProcess, serial: int) -> str | Unmade:
        """What the child says of the image.

        Raises:
            ChildGone: it ended, or said what made no sense.
        """
        answering = asyncio.create_task(_told(child, serial))
        outgrown = asyncio.create_task(child.outgrown(MEMORY_LIMIT_MB << 20))
        overdue = asyncio.create_task(WorkClock(child.pid).passed(TIMEOUT_SECONDS))
        waits = (answering, outgrown, overdue)
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            if answering.done():
                return answering.result()
            child.kill()
            await self._end()
            return Unmade.NEVER
        finally:
            for wait in waits:
                wait.cancel()

    async def _end(self) -> str:
        child, self._child = self._child, None
        return await child.close() if child else ""


async def _told(child: ChildProcess, serial: int) -> str | Unmade:
    made: str | Unmade | None = None
    while True:
        match await child.receive():
            case {"type": "thumbnail", "serial": int(told), "thumbhash": str(of)} if told == serial:
                made = of
            case {"type": "failed", "serial": int(told), "kind": str(kind), "code": str(code)} if (
                told == serial
            ):
                may_pass = kind == "infrastructure" or code == "out_of_memory"
                made = Unmade.NOT_NOW if may_pass else Unmade.NEVER
            case {"type": "batch_done"} if made is not None:
                return made
            case _:
                raise ChildGone("The child answered out of turn.")
