"""How gRPC says what became of a call: heads, trailers, and its numbers of the statuses."""

import re
from typing import Final
from urllib.parse import quote

from inference.http2.headers import written
from inference.http2.stream import Stream
from inference.oip.errors import ProtocolError, Status, invalid
from inference.oip.grpc_messages import CODINGS
from inference.oip.limits import MAX_MESSAGE_CHARACTERS

NUMBERS: Final = {
    Status.CANCELLED: 1,
    Status.INVALID_ARGUMENT: 3,
    Status.DEADLINE_EXCEEDED: 4,
    Status.NOT_FOUND: 5,
    Status.PERMISSION_DENIED: 7,
    Status.RESOURCE_EXHAUSTED: 8,
    Status.UNIMPLEMENTED: 12,
    Status.INTERNAL: 13,
    Status.UNAVAILABLE: 14,
    Status.UNAUTHENTICATED: 16,
}
"""gRPC's numbers of the statuses."""
ANSWERED_KEY: Final = "darkroom-answered"
"""Trailing metadata of a refusal that is the server's own: the call was not lost on the way."""

_STATUS_200: Final = b"\x88"
"""`:status: 200` in HPACK."""
HEAD: Final = _STATUS_200 + written(
    (("content-type", "application/grpc"), ("grpc-accept-encoding", ",".join(CODINGS)))
)
"""The header block of every answer."""
OK: Final = written((("grpc-status", "0"),))
"""The trailers of an answer that is complete."""
_TIMEOUT: Final = re.compile(r"(\d{1,8})([HMSmun])")
_SECONDS: Final = {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}
_PLAIN: Final = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")


def refusal(error: ProtocolError, *, own: bool) -> bytes:
    """The trailers of a refusal; `own`: by whom the call was meant for."""
    told = quote(error.message[:MAX_MESSAGE_CHARACTERS], safe=_PLAIN, errors="replace")
    fields = (("grpc-status", str(NUMBERS[error.status])), ("grpc-message", told))
    return written((*fields, (ANSWERED_KEY, "1")) if own else fields)


def refuse_http(stream: Stream, status: int) -> None:
    """Answer what is not gRPC by a status of HTTP."""
    stream.finish(written(((":status", str(status)),)))


def seconds_of(timeout: str) -> float:
    """What a `grpc-timeout` says.

    Raises:
        ProtocolError: it says nothing.
    """
    found = _TIMEOUT.fullmatch(timeout)
    if not found:
        raise invalid("The grpc-timeout is none.")
    return int(found[1]) * _SECONDS[found[2]]
