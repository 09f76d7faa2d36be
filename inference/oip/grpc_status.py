"""How gRPC says what became of a call."""

from typing import Any, Final, TypeAlias

import grpc

from inference.oip.errors import ProtocolError, Status
from inference.oip.limits import MAX_MESSAGE_CHARACTERS

ANSWERED_KEY: Final = "darkroom-answered"
"""Trailing metadata of a refusal that is the server's own: the call was not lost on the way."""
CODES: Final = {status: grpc.StatusCode[status.name] for status in Status}

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"


async def refuse(context: Context, error: ProtocolError) -> Any:
    """End a call with a status; never returns."""
    message = error.message[:MAX_MESSAGE_CHARACTERS]
    await context.abort(CODES[error.status], message, trailing_metadata=((ANSWERED_KEY, "1"),))
