"""Spans of gRPC's calls, which continue what their clients' metadata say."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from inference.oip.errors import ProtocolError
from inference.oip.messages import SERVICE
from tracing import spans
from tracing.spans import Kind
from tracing.traceparent import TRACEPARENT_KEY

_PROBES: Final = frozenset({"ServerLive", "ServerReady"})


@contextmanager
def call_span(method: str, metadata: Iterable[tuple[str, str | bytes]]) -> Iterator[None]:
    """What runs within is this call, or one request of its stream; of probes there is none."""
    if not spans.is_on() or method in _PROBES:
        yield
        return
    with spans.span(
        f"{SERVICE}/{method}",
        Kind.SERVER,
        parent=_traceparent(metadata),
        attributes={"rpc.system": "grpc", "rpc.service": SERVICE, "rpc.method": method},
    ) as span:
        try:
            yield
        except ProtocolError as error:
            span.note({"darkroom.status": error.status.name})
            raise


def _traceparent(metadata: Iterable[tuple[str, str | bytes]]) -> str | None:
    for key, value in metadata:
        if key == TRACEPARENT_KEY and isinstance(value, str):
            return value
    return None
