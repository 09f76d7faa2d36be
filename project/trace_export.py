"""OpenTelemetry's SDK: spans go to a collector by OTLP over HTTP, in a thread of their own.

An extra (`requirements/tracing.txt`): imported only where OTEL_EXPORTER_OTLP_ENDPOINT is set. All
else is set by OpenTelemetry's own variables, which its SDK reads: the sampler, headers, time-outs,
the size of the queue, beyond which spans are dropped.
"""

import os
import socket
import threading
from importlib.metadata import version
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from tracing.spans import Attributes, Kind, Span
from tracing.traceparent import Parent, parse, written

VERSION: Final = version("darkroom")
_KINDS: Final = {kind: trace.SpanKind[kind.name] for kind in Kind}


def exporting(role: str) -> "OpenTelemetryTracer":
    """A tracer that sends to the collector of this process's environment.

    `role` is which of Darkroom's processes this is: a service of its own, unless it is named.
    """
    named = OTELResourceDetector().detect()
    here = {
        "service.name": f"darkroom-{role}",
        "service.version": VERSION,
        # Of many of a role, which one.
        "service.instance.id": f"{socket.gethostname()}:{os.getpid()}",
    }
    provider = TracerProvider(
        resource=Resource.create(here).merge(named),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return OpenTelemetryTracer(provider)


class OpenTelemetryTracer:
    """Spans of OpenTelemetry."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("darkroom", VERSION)

    def begin(
        self,
        name: str,
        *,
        kind: Kind,
        parent: str | None,
        attributes: Attributes,
        at_ns: int | None,
    ) -> Span:
        """A span that has begun."""
        begun = self._tracer.start_span(
            name,
            # An empty one: what this library thinks is going on here is nobody's parent.
            context=_context_of(parse(parent)),
            kind=_KINDS[kind],
            attributes=attributes,
            start_time=at_ns,
        )
        return _Span(begun)

    def close(self, seconds: float) -> None:
        """Sends what is left; what a collector that is away does not take by then is lost."""
        closing = threading.Thread(target=self._provider.shutdown, daemon=True)
        closing.start()
        closing.join(seconds)


class _Span:
    def __init__(self, span: trace.Span) -> None:
        context = span.get_span_context()
        self._span = span
        self.traceparent: str | None = written(
            Parent(
                trace.format_trace_id(context.trace_id),
                trace.format_span_id(context.span_id),
                context.trace_flags.sampled,
            )
        )

    def note(self, attributes: Attributes, *, name: str = "") -> None:
        """Adds what is known by now."""
        self._span.set_attributes(attributes)
        if name:
            self._span.update_name(name)

    def fail(self, error: str) -> None:
        """It has failed."""
        self._span.set_attribute("error.type", error)
        self._span.set_status(trace.StatusCode.ERROR)

    def end(self, *, error: str = "", at_ns: int | None = None) -> None:
        """It is over."""
        if error:
            self.fail(error)
        self._span.end(at_ns)


def _context_of(parent: Parent | None) -> Context:
    if parent is None:
        return Context()
    context = trace.SpanContext(
        int(parent.trace_id, 16),
        int(parent.span_id, 16),
        is_remote=True,
        trace_flags=trace.TraceFlags(parent.is_sampled),
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(context), Context())
