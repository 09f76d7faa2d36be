"""Header blocks as they come, in one frame or in several (RFC 9113, section 4.3)."""

from dataclasses import dataclass
from typing import Final

from inference.http2 import frames
from inference.http2.frames import Broken, Code
from inference.http2.headers import Fields, Reader

MAX_BLOCK_BYTES: Final = 32 << 10
"""Of a header block as it is sent."""


@dataclass(frozen=True)
class Head:
    """A header block that has come whole."""

    stream: int
    fields: Fields
    ends: bool
    """Whether nothing of the stream comes after it."""


class Blocks:
    """Puts a client's header blocks together, and reads them one after the other."""

    def __init__(self) -> None:
        self._reader = Reader()
        self._open: tuple[int, bool, bytearray] | None = None
        """One that has not come whole: its stream, whether it ends it, what there is."""

    @property
    def is_open(self) -> bool:
        """Whether a block has not come whole: nothing else may come before the rest of it."""
        return self._open is not None

    def begin(self, number: int, flags: int, payload: memoryview) -> Head | None:
        """Takes a HEADERS frame; None: the block goes on.

        Raises:
            Broken: it is malformed, or too large.
        """
        if not number % 2:
            raise Broken(Code.PROTOCOL_ERROR, "A client's streams have odd numbers.")
        if len(payload) > MAX_BLOCK_BYTES:
            raise Broken(Code.ENHANCE_YOUR_CALM, "A header block is too large.")
        block = frames.without_padding(payload, flags)
        if flags & frames.PRIORITIZED:
            if len(block) < 5:
                raise Broken(Code.FRAME_SIZE_ERROR, "A priority has 5 bytes.")
            block = block[5:]
        ends = bool(flags & frames.END_STREAM)
        if flags & frames.END_HEADERS:
            return self._read(number, bytes(block), ends=ends)
        self._open = (number, ends, bytearray(block))
        return None

    def go_on(self, number: int, flags: int, payload: memoryview) -> Head | None:
        """Takes a CONTINUATION frame; None: the block still goes on.

        Raises:
            Broken: it continues nothing, or the block is too large.
        """
        if self._open is None or self._open[0] != number:
            raise Broken(Code.PROTOCOL_ERROR, "A frame continues nothing.")
        _, ends, block = self._open
        block += payload
        # One that comes in pieces without bytes is none that an honest client sends.
        if len(block) > MAX_BLOCK_BYTES or not payload:
            raise Broken(Code.ENHANCE_YOUR_CALM, "A header block is too large.")
        if not flags & frames.END_HEADERS:
            return None
        self._open = None
        return self._read(number, bytes(block), ends=ends)

    def _read(self, number: int, block: bytes, *, ends: bool) -> Head:
        # Always read, also where nobody wants it: later blocks refer to what this one says.
        return Head(number, self._reader.read(block), ends)
