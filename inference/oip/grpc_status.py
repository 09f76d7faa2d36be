"""How gRPC says what became of a call."""

import math
from typing import Any, Final, TypeAlias

import grpc

from inference.oip.errors import ProtocolError, Status
from inference.oip.limits import MAX_MESSAGE_CHARACTERS

ANSWERED_KEY: Final = "darkroom-answered"
"""Trailing metadata of a refusal that is the server's own: the call was not lost on the way."""
PUSHBACK_KEY: Final = "grpc-retry-pushback-ms"
"""gRPC's own: no earlier than after so many milliseconds may a client try again."""
CODES: Final = {status: grpc.StatusCode[status.name] for status in Status}

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"


async def refuse(context: Context, error: ProtocolError) -> Any:
    """End a call with a status; never returns."""
    message = error.message[:MAX_MESSAGE_CHARACTERS]
    told = [(ANSWERED_KEY, "1")]
    if error.retry_after is not None:
        told.append((PUSHBACK_KEY, str(error.retry_after * 1000)))
    await context.abort(CODES[error.status], message, trailing_metadata=tuple(told))


def retry_after_of(metadata: Any) -> int | None:
    """In how many seconds another try makes sense, by a refusal's trailing metadata."""
    told = dict(metadata or ()).get(PUSHBACK_KEY, "")
    is_number = isinstance(told, str) and told.isascii() and told.isdecimal()
    return math.ceil(int(told) / 1000) if is_number else None
