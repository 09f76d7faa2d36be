"""The way to one worker: a gRPC channel, and what its refusals mean."""

from dataclasses import dataclass
from typing import Any, Final

import grpc

from inference.oip.errors import ProtocolError, Status
from inference.oip.grpc_service import PROTOCOL_KEY
from inference.oip.grpc_status import ANSWERED_KEY, retry_after_of
from inference.oip.limits import MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES, MESSAGE_OVERHEAD_BYTES
from inference.oip.messages import SERVICE
from inference.oip.tls import ClientTls, stamp_of
from inference.remote.grpc_connection import is_connected
from inference.remote.grpc_tls import grpc_channel_credentials
from tracing import spans
from tracing.traceparent import TRACEPARENT_KEY

CALL_SECONDS: Final = 10.0
"""How long a call may take that computes nothing."""
_CONNECT_SECONDS: Final = 2.0

_OPTIONS: Final[tuple[tuple[str, Any], ...]] = (
    ("grpc.max_send_message_length", MAX_REQUEST_BYTES + MESSAGE_OVERHEAD_BYTES),
    ("grpc.max_receive_message_length", MAX_RESPONSE_BYTES + MESSAGE_OVERHEAD_BYTES),
    # A worker that hangs is noticed, whatever its calls may take.
    ("grpc.keepalive_time_ms", 15_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    # One that comes back is found at once.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 2_000),
    ("grpc.max_reconnect_backoff_ms", 1_000),
    # Worker and web server are neighbors: a proxy for the world has no part in this.
    ("grpc.enable_http_proxy", 0),
)
_STATUSES: Final = {grpc.StatusCode[status.name]: status for status in Status}
_TOO_LARGE: Final = "larger than max"
"""What gRPC says of a message, to send or to receive; the same code means too many calls."""


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A call to be made."""

    method: str
    """Of the service, such as `ModelInfer`."""
    payload: bytes
    """The request, serialized."""
    token: str = ""
    """The caller's."""
    model: str = ""
    """A worker where this model is ready goes first."""
    version: str = ""
    seconds: float = CALL_SECONDS
    """How long it may take in all."""
    repeats: int = 2
    """How often it may be sent again although it may have been carried out."""


class Unreachable(Exception):
    """There is no connection to a worker: nothing was sent."""


class WorkerChannel:
    """The channel to one worker, and how busy it is."""

    def __init__(self, address: str, tls: ClientTls | None) -> None:
        """`tls`: what is believed and shown; None: the channel is not encrypted.

        Raises:
            OSError: a file of `tls` cannot be read.
        """
        self.address = address
        self.outstanding = 0
        self.used = 0
        """The place of its last call among all calls."""
        self._tls = tls
        self._stamp = stamp_of(tls.files) if tls else ()
        self._channel = _channel(address, tls)

    @property
    def is_outdated(self) -> bool:
        """Whether its certificates have been replaced since it was made."""
        return self._tls is not None and stamp_of(self._tls.files) != self._stamp

    async def send(self, call: Outgoing, seconds: float) -> bytes:
        """The serialized answer.

        Raises:
            Unreachable: there is no connection, and the call was not sent.
            grpc.aio.AioRpcError: it was sent, and not answered well.
        """
        # Without serializers: messages are read and written where it does not hold up the loop.
        method: Any = self._channel.unary_unary(f"/{SERVICE}/{call.method}", None, None)
        metadata = [(PROTOCOL_KEY, "rest")]
        if call.token:
            metadata.append(("authorization", f"Bearer {call.token}"))
        if (traceparent := spans.current()) is not None:
            metadata.append((TRACEPARENT_KEY, traceparent))
        self.outstanding += 1
        try:
            if not await is_connected(self._channel, _CONNECT_SECONDS):
                raise Unreachable
            answer: bytes = await method(call.payload, timeout=max(0.0, seconds), metadata=metadata)
            return answer
        finally:
            self.outstanding -= 1

    async def close(self, grace_seconds: float | None = None) -> None:
        """Closes the channel; what is in flight is cut off after the grace."""
        await self._channel.close(grace_seconds)


def _channel(address: str, tls: ClientTls | None) -> grpc.aio.Channel:
    if tls is None:
        return grpc.aio.insecure_channel(address, options=_OPTIONS)
    options = [*_OPTIONS]
    if tls.name:
        options.append(("grpc.ssl_target_name_override", tls.name))
    return grpc.aio.secure_channel(address, grpc_channel_credentials(tls), options=options)


def is_workers_word(error: grpc.aio.AioRpcError) -> bool:
    """Whether the worker itself said this, and not what lies between."""
    metadata: Any = error.trailing_metadata()
    return any(key == ANSWERED_KEY for key, _ in metadata or ())


def refusal(error: grpc.aio.AioRpcError, call: Outgoing) -> ProtocolError:
    """What a client is told of it; nothing about addresses."""
    status = _STATUSES.get(error.code(), Status.INTERNAL)
    if is_workers_word(error):
        wait = retry_after_of(error.trailing_metadata())
        return ProtocolError(status, error.details() or status.name, wait)
    match status:
        case Status.DEADLINE_EXCEEDED:
            message = f"The worker did not answer within {call.seconds:.0f} s."
        case Status.UNAVAILABLE:
            message = "The connection to the worker broke: try again."
        case Status.RESOURCE_EXHAUSTED:
            message = "The worker has too many calls."
            if _TOO_LARGE in (error.details() or ""):
                status, message = Status.INVALID_ARGUMENT, "The request or its answer is too large."
        case Status.CANCELLED:
            # Nobody here has: a worker that ends lets go of what it has not begun.
            status, message = Status.UNAVAILABLE, "The worker is stopping: try again."
        case _:
            status, message = Status.INTERNAL, "The worker failed on this request."
    return ProtocolError(status, message)
