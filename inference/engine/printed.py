"""What a child process prints: a line of the log for each line, with what the child works at."""

import asyncio
import contextlib
import logging
import os
from collections.abc import Mapping
from time import monotonic
from typing import Any, Final

logger = logging.getLogger("darkroom.model")

LINE_BYTES: Final = 2000
"""Of a line that are told; what follows is cut off."""
LINES_A_SECOND: Final = 50
"""That one child may have told; more are counted."""
LAST_WORDS_SECONDS: Final = 1.0
"""So long the rest is waited for once the child has ended: another process may hold its end."""


class Printed(asyncio.Protocol):
    """Reads what a child writes to its standard output and error.

    It is always read, since a child whose pipe is full would wait for ever.
    """

    def __init__(self) -> None:
        self.about: Mapping[str, Any] = {}
        """Fields that each line has: whose process it is, and what it works at."""
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.BaseTransport | None = None
        self._rest = b""
        self._second = 0
        self._told = 0
        self._left_out = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It begins to read."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Tells the lines that are whole."""
        *lines, rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._tell(line)
        self._rest = rest[:LINE_BYTES]

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody can write any more: tells what has no end."""
        self._tell(self._rest)
        self._tell_left_out()
        if not self._over.done():
            self._over.set_result(None)

    async def close(self) -> None:
        """Tells what is left and reads no further."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._over), LAST_WORDS_SECONDS)
        if self._transport is not None:
            self._transport.close()

    def _tell(self, line: bytes) -> None:
        text = line[:LINE_BYTES].decode("utf-8", "replace")
        text = "".join(one if one.isprintable() else " " for one in text).strip()
        if not text:
            return
        second = int(monotonic())
        if second != self._second:
            self._tell_left_out()
            self._second, self._told = second, 0
        if self._told < LINES_A_SECOND:
            self._told += 1
            logger.info("model printed", extra={"text": text, **self.about})
        else:
            self._left_out += 1

    def _tell_left_out(self) -> None:
        if self._left_out:
            extra = {"lines": self._left_out, **self.about}
            logger.warning("model printed more than is told", extra=extra)
            self._left_out = 0


async def reading() -> tuple[Printed, int]:
    """A reader, and the descriptor that a child is to write to, which the caller closes."""
    theirs_to_read, theirs = os.pipe()
    try:
        _, printed = await asyncio.get_running_loop().connect_read_pipe(
            Printed, os.fdopen(theirs_to_read, "rb", 0)
        )
    except BaseException:
        os.close(theirs)
        raise
    return printed, theirs
