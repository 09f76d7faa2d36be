"""Where request bodies lie until they are whole: small ones in memory, large ones on the disk."""

import io
import tempfile
import threading
from collections import deque
from pathlib import Path
from typing import IO, Any, Final

MEMORY_BYTES: Final = 64 * 1024
"""So much of a body stays in memory."""
SEGMENT_BYTES: Final = 16 * 1024 * 1024
"""A body on the disk is cut into files of this size, each gone as soon as it is read."""


class SpoolFull(Exception):
    """The bodies that are arriving hold all the bytes that they may hold together."""


class Spool:
    """Makes bodies in `folder` that together hold at most `limit` bytes.

    Their files have no names: whatever ends the process, nothing is left of them.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._held = 0
        # A body is read and closed by the application's threads.
        self._lock = threading.Lock()

    def body(self, size: int | None) -> "Body":
        """A new body of `size` bytes; None: nobody knows how many come.

        Raises:
            SpoolFull: there is no room for it now.
        """
        body = Body(self)
        body.expect(size or 0)
        return body

    def reserve(self, count: int) -> None:
        """Takes `count` bytes out of what is left.

        Raises:
            SpoolFull: less than that is left.
        """
        with self._lock:
            if self._held + count > self._limit:
                raise SpoolFull
            self._held += count

    def release(self, count: int) -> None:
        """Gives `count` bytes back."""
        with self._lock:
            self._held -= count

    def segment(self) -> IO[bytes]:
        """An empty file on the disk.

        Raises:
            OSError: the disk takes no more files.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryFile(dir=self._folder, buffering=0)


class Body(io.RawIOBase):
    """A request's body: written to its end, then read once."""

    def __init__(self, spool: Spool) -> None:
        super().__init__()
        self.size = 0
        """How many bytes have arrived."""
        self._spool = spool
        self._reserved = 0
        self._segments: deque[IO[bytes]] = deque([io.BytesIO()])
        self._room = MEMORY_BYTES
        self._is_written = False

    def expect(self, size: int) -> None:
        """Makes sure that the body may grow to `size` bytes.

        Raises:
            SpoolFull: it may not.
        """
        if size > self._reserved:
            self._spool.reserve(size - self._reserved)
            self._reserved = size

    def append(self, data: bytes) -> None:
        """Adds what has arrived.

        Raises:
            SpoolFull: there are too many bytes in all bodies together.
            OSError: the disk does not take it.
        """
        self.expect(self.size + len(data))
        rest = memoryview(data)
        while rest:
            if not self._room:
                self._segments.append(self._spool.segment())
                self._room = SEGMENT_BYTES
            written = self._segments[-1].write(rest[: self._room])
            self._room -= written
            self.size += written
            rest = rest[written:]

    def readable(self) -> bool:
        """It is: once it has been written."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Takes the next bytes out of the body; 0: there are no more."""
        if not self._is_written:
            self._is_written = True
            for segment in self._segments:
                segment.seek(0)
        while self._segments:
            count: int = self._segments[0].readinto(buffer)  # type: ignore[attr-defined]  # each is a raw file
            if count:
                return count
            self._segments.popleft().close()
        return 0

    def close(self) -> None:
        """Lets go of all of it."""
        if self.closed:
            return
        super().close()
        while self._segments:
            self._segments.popleft().close()
        self._spool.release(self._reserved)
