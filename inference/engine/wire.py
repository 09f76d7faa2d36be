"""How a worker and its children talk: msgpack with its length in front.

Never pickle: a child decodes hostile images, and must not be able to run code in its parent.
"""

import asyncio
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

import msgpack

_LENGTH = struct.Struct(">I")
MAX_MESSAGE_BYTES = 64 * 1024 * 1024


class WireError(Exception):
    """What came over the wire is not a message."""


def pack(message: Mapping[str, Any]) -> bytes:
    """The message as it goes over the wire.

    Raises:
        TypeError: it holds something that msgpack does not know.
        WireError: it is too large.
    """
    body: bytes = msgpack.packb(message)
    if len(body) > MAX_MESSAGE_BYTES:
        raise WireError(f"A message of {len(body)} bytes is too large.")
    return _LENGTH.pack(len(body)) + body


def unpack(body: bytes) -> Any:
    """What a message's body says.

    Raises:
        WireError: it is not msgpack.
    """
    try:
        return msgpack.unpackb(body)
    except (ValueError, TypeError, RecursionError) as error:
        raise WireError(f"Not msgpack: {error}") from error


def read(stream: BinaryIO) -> Any:
    """The next message of a blocking stream.

    Raises:
        EOFError: the other side is gone.
        WireError: what came is not a message.
    """
    body = _exactly(stream, body_length(_exactly(stream, _LENGTH.size)))
    return unpack(body)


async def receive(reader: asyncio.StreamReader) -> Any:
    """The next message of an asyncio stream.

    Raises:
        EOFError: the other side is gone (`asyncio.IncompleteReadError` is one).
        WireError: what came is not a message.
    """
    return unpack(await reader.readexactly(body_length(await reader.readexactly(_LENGTH.size))))


def body_length(header: bytes) -> int:
    """The length in bytes that a message's header declares.

    Raises:
        WireError: more than a message may have.
    """
    length: int = _LENGTH.unpack(header)[0]
    if length > MAX_MESSAGE_BYTES:
        raise WireError(f"A message of {length} bytes is too large.")
    return length


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data
