"""Spans of gRPC's calls, which continue what their clients' metadata say."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from inference.oip.errors import ProtocolError, Status
from inference.oip.messages import SERVICE
from tracing import spans
from tracing.spans import Kind
from tracing.traceparent import TRACEPARENT_KEY

_FAILURES: Final = frozenset(
    {Status.DEADLINE_EXCEEDED, Status.INTERNAL, Status.UNAVAILABLE, Status.UNIMPLEMENTED}
)
"""The server's own, as OpenTelemetry's conventions for gRPC count them; the others are clients'."""
_PROBES: Final = frozenset({"ServerLive", "ServerReady"})


@contextmanager
def call_span(method: str, metadata: Iterable[tuple[str, str | bytes]]) -> Iterator[None]:
    """What runs within is this call, or one request of its stream; of probes there is none."""
    if not spans.is_on() or method in _PROBES:
        yield
        return
    name = f"{SERVICE}/{method}"
    problem: ProtocolError | None = None
    with spans.span(
        name,
        Kind.SERVER,
        parent=_traceparent(metadata),
        attributes={"rpc.system.name": "grpc", "rpc.method": name},
    ) as span:
        try:
            yield
        except ProtocolError as error:
            problem = error
        status = problem.status.name if problem else "OK"
        span.note({"rpc.response.status_code": status})
        if problem and problem.status in _FAILURES:
            span.fail(status)
    if problem:
        raise problem


def _traceparent(metadata: Iterable[tuple[str, str | bytes]]) -> str | None:
    for key, value in metadata:
        if key == TRACEPARENT_KEY and isinstance(value, str):
            return value
    return None
