"""gRPC's messages within a body: each with a flag and its length in front, perhaps compressed."""

import asyncio
import struct
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from inference.oip.content_coding import TooLarge, unpacked
from inference.oip.errors import ProtocolError, Status

_PREFIX: Final = struct.Struct(">BI")
CODINGS: Final = ("identity", "deflate", "gzip")
"""What requests may be compressed with; answers never are."""


def prefix(size: int) -> bytes:
    """What stands in front of a message that is not compressed."""
    return _PREFIX.pack(0, size)


class Message(NamedTuple):
    """As it came."""

    data: bytes
    is_compressed: bool


class Messages:
    """Puts the messages of one request's body together, as its pieces come."""

    def __init__(self, coding: str, limit: int) -> None:
        """`coding` is what compressed ones are; a message has at most `limit` bytes.

        Raises:
            ProtocolError: UNIMPLEMENTED: the coding is not known.
        """
        if coding not in CODINGS:
            raise ProtocolError(
                Status.UNIMPLEMENTED, "The grpc-encoding is unknown: gzip and deflate are served."
            )
        self._coding = coding
        self._limit = limit
        self._rest = bytearray()
        self._length: int | None = None
        """Of the message that comes, with its prefix; None: that is not known yet."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing of a message has come of which the rest is missing."""
        return not self._rest

    def put(self, data: memoryview) -> Iterator[Message]:
        """The messages that are complete with this piece.

        Raises:
            ProtocolError: RESOURCE_EXHAUSTED: one is too large. INVALID_ARGUMENT: it is none.
        """
        rest = self._rest
        while data or (rest and self._length == len(rest)):
            if self._length is None:
                missing = _PREFIX.size - len(rest)
                rest += data[:missing]
                data = data[missing:]
                if len(rest) < _PREFIX.size:
                    return
                self._length = self._whole_length(rest)
            missing = self._length - len(rest)
            if len(rest) == _PREFIX.size and missing <= len(data):
                message = bytes(data[:missing])
            else:
                rest += data[:missing]
                if len(rest) < self._length:
                    return
                message = bytes(memoryview(rest)[_PREFIX.size :])
            data = data[missing:]
            is_compressed = bool(rest[0])
            self._rest = rest = bytearray()
            self._length = None
            if is_compressed and self._coding == "identity":
                raise ProtocolError(Status.INTERNAL, "The message names no compression.")
            yield Message(message, is_compressed)

    async def plain(self, message: Message, hold: Callable[[int], None]) -> bytes:
        """What a message says; `hold` is called with the size of each piece of one that was
        compressed. Large ones are unpacked beside the event loop.

        Raises:
            ProtocolError: RESOURCE_EXHAUSTED: it is too large. INVALID_ARGUMENT: it is none.
        """
        if not message.is_compressed:
            return message.data
        pieces: list[bytes] = []
        coming = unpacked(message.data, self._coding, self._limit)
        try:
            piece = next(coming, None)
            while piece is not None:
                hold(len(piece))
                pieces.append(piece)
                piece = await asyncio.to_thread(next, coming, None)
        except TooLarge:
            raise self._too_large(self._limit + 1) from None
        return b"".join(pieces)

    def _whole_length(self, start: bytearray) -> int:
        flag, length = _PREFIX.unpack(start)
        if flag > 1:
            raise ProtocolError(Status.INTERNAL, "What was sent is no message of gRPC.")
        if length > self._limit:
            raise self._too_large(length)
        return _PREFIX.size + int(length)

    def _too_large(self, length: int) -> ProtocolError:
        # The words by which gRPC's own servers say it, which clients look for.
        return ProtocolError(
            Status.RESOURCE_EXHAUSTED,
            f"Received message larger than max ({length} vs. {self._limit})",
        )
