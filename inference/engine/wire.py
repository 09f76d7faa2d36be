"""How a worker and its children talk: msgpack with its length in front.

Never pickle: a child decodes hostile images, and must not be able to run code in its parent.
"""

import struct
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

import msgpack

_LENGTH = struct.Struct(">I")
LENGTH_BYTES = _LENGTH.size
"""In front of each message."""
MAX_BYTES_TO_CHILD = 1 << 30
"""More than an engine lets wait in all."""
MAX_BYTES_FROM_CHILD = 128 << 20
"""A child is not trusted: it must not be able to fill its parent's memory."""
LARGE_BYTES = 1 << 20
"""A message above it may take more memory than its reader has."""


class WireError(Exception):
    """What came over the wire is not a message."""


def pack(message: Mapping[str, Any], limit: int) -> bytes:
    """The message as it goes over the wire, of at most `limit` bytes.

    Raises:
        TypeError: it holds something that msgpack does not know.
        WireError: it is too large, or holds what msgpack cannot say: an integer beyond 64 bits, or
            very deep nesting.
    """
    try:
        body: bytes = msgpack.packb(message)
    except (OverflowError, ValueError) as error:
        raise WireError(f"Not to be said in msgpack: {error}") from error
    _check(len(body), limit)
    return _LENGTH.pack(len(body)) + body


def unpack(body: bytes | memoryview) -> Any:
    """What a message's body says.

    Raises:
        WireError: it is not msgpack.
    """
    try:
        return msgpack.unpackb(body)
    except (ValueError, TypeError, RecursionError) as error:
        raise WireError(f"Not msgpack: {error}") from error


def read(stream: BinaryIO, on_large: Callable[[], None] | None = None) -> Any:
    """The next message of a blocking stream: what the parent sent.

    `on_large` is called before one of more than `LARGE_BYTES` is read.

    Raises:
        EOFError: the other side is gone.
        WireError: what came is not a message.
    """
    length = body_length(_exactly(stream, _LENGTH.size), MAX_BYTES_TO_CHILD)
    if on_large and length > LARGE_BYTES:
        on_large()
    body = _exactly(stream, length)
    return unpack(body)


def body_length(header: bytes, limit: int) -> int:
    """The length in bytes that a message's header declares.

    Raises:
        WireError: more than a message may have.
    """
    length: int = _LENGTH.unpack(header)[0]
    _check(length, limit)
    return length


def _check(length: int, limit: int) -> None:
    if length > limit:
        raise WireError(f"A message of {length} bytes is too large: at most {limit} are sent.")


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data
