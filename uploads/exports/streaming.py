"""Sends a selection in pieces: without a connection to the database, a thread or memory of its own
while its client reads."""

from collections.abc import AsyncIterator, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

from uploads.exports.selection import Selection, Some
from uploads.threads import in_thread, to_its_end

PIECE_BYTES: Final = 256 * 1024
_readers: Final = ThreadPoolExecutor(4, thread_name_prefix="export")
"""Files come by threads of their own: an archive that is slow holds up no request."""


class Form(Protocol):
    """A file that is written from its beginning to its end."""

    def begin(self) -> Iterator[bytes]:
        """What comes before the first image."""

    def of(self, some: Some) -> Iterator[bytes]:
        """What these images are in it."""

    def end(self) -> Iterator[bytes]:
        """What comes after the last image."""


async def pieces(selection: Selection, form: Form) -> AsyncIterator[bytes]:
    """The file's bytes. Whoever stops reading has closed what was open."""
    async for piece in _read(form.begin()):
        yield piece
    while some := await in_thread(selection.read):
        async for piece in _read(form.of(some)):
            yield piece
    async for piece in _read(form.end()):
        yield piece


async def _read(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    larger = _larger(parts)
    try:
        while piece := await to_its_end(_readers, next, larger, b""):
            yield piece
    finally:
        larger.close()


def _larger(parts: Iterable[bytes]) -> Generator[bytes]:
    """The same bytes in fewer pieces: each is a turn of a thread."""
    joined = bytearray()
    for part in parts:
        joined += part
        if len(joined) >= PIECE_BYTES:
            yield bytes(joined)
            joined.clear()
    if joined:
        yield bytes(joined)
