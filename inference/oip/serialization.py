"""The protocol's messages to and from bytes: large ones in a thread, beside the event loop."""

import asyncio
from typing import Any

from google.protobuf.message import DecodeError

from inference.oip.errors import invalid
from inference.oip.limits import LARGE_BYTES
from inference.oip.messages import message


async def parsed(name: str, data: bytes) -> Any:
    """The message of this name, such as `ModelInferRequest`.

    Raises:
        ProtocolError: INVALID_ARGUMENT: it is none.
    """
    read = message(name).FromString
    try:
        return await asyncio.to_thread(read, data) if len(data) > LARGE_BYTES else read(data)
    except DecodeError:
        raise invalid("The request is not a message of this call.") from None


async def serialized(answer: Any) -> bytes:
    """The bytes of a message."""
    write = answer.SerializeToString
    data: bytes = await asyncio.to_thread(write) if answer.ByteSize() > LARGE_BYTES else write()
    return data
