"""Where request bodies lie until they are whole: small ones in memory, large ones on the disk."""

import io
import tempfile
import threading
from collections import Counter, deque
from pathlib import Path
from typing import IO, Any, Final

from uploads.addresses import network_of

MEMORY_BYTES: Final = 64 * 1024
"""So much of a body stays in memory, and counts for nothing: sign-ins need no room."""
SEGMENT_BYTES: Final = 16 * 1024 * 1024
"""A body on the disk is cut into files of this size, each gone as soon as it is read."""


class SpoolFull(Exception):
    """The bodies that are arriving hold all the bytes that they may hold together."""


class ShareFull(SpoolFull):
    """The bodies that are arriving from one address hold all that they may."""


class Spool:
    """Makes bodies in `folder` that together hold at most `limit` bytes.

    Of these an address may have all that is free for a single body, and for several no more than
    it leaves free to others (Choudhury and Hahne's dynamic thresholds, with a factor of 1): alone
    it gets half of them, and whoever comes next finds room.

    Their files have no names: whatever ends the process, nothing is left of them.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._held: Counter[str] = Counter()
        # A body is read and closed by the application's threads.
        self._lock = threading.Lock()

    def body(self, size: int | None, client: str | None) -> "Body":
        """A new body of `size` bytes from an address; None: nobody knows how many come.

        Raises:
            SpoolFull: there is no room for it now.
        """
        body = Body(self, network_of(client))
        body.expect(size or 0)
        return body

    def reserve(self, network: str, count: int, *, more: int) -> None:
        """Takes `more` bytes out of what is left, for a body that has `count` already.

        Raises:
            SpoolFull: less than that is left.
            ShareFull: it would be too much for the other bodies of this address.
        """
        with self._lock:
            free = self._limit - self._held.total() - more
            if free < 0:
                raise SpoolFull
            held = self._held[network]
            if held > count and held + more > free:
                raise ShareFull
            self._held[network] += more

    def release(self, network: str, count: int) -> None:
        """Gives `count` bytes back."""
        with self._lock:
            self._held[network] -= count
            if not self._held[network]:
                del self._held[network]

    def segment(self) -> IO[bytes]:
        """An empty file on the disk.

        Raises:
            OSError: the disk takes no more files.
        """
        try:
            return tempfile.TemporaryFile(dir=self._folder, buffering=0)
        except FileNotFoundError:
            self._folder.mkdir(parents=True, exist_ok=True)
            return tempfile.TemporaryFile(dir=self._folder, buffering=0)


class Body(io.RawIOBase):
    """A request's body: written to its end, then read once."""

    def __init__(self, spool: Spool, network: str) -> None:
        super().__init__()
        self.size = 0
        """How many bytes have arrived."""
        self._spool = spool
        self._network = network
        self._reserved = 0
        self._segments: deque[IO[bytes]] = deque([io.BytesIO()])
        self._room = MEMORY_BYTES
        self._is_written = False

    def expect(self, size: int) -> None:
        """Makes sure that the body may grow to `size` bytes.

        Raises:
            SpoolFull: it may not.
        """
        on_disk = size - MEMORY_BYTES
        if on_disk > self._reserved:
            self._spool.reserve(self._network, self._reserved, more=on_disk - self._reserved)
            self._reserved = on_disk

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
        self._spool.release(self._network, self._reserved)
