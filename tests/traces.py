"""What a process has traced, for tests: OpenTelemetry's own spans, kept in memory."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from project.trace_export import OpenTelemetryTracer
from tracing import spans

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CLIENT = "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{CLIENT}-01"
"""A client's, as W3C's own example has it."""


class Traces:
    """Spans that are over."""

    def __init__(self, exporter: InMemorySpanExporter) -> None:
        self._exporter = exporter

    def all(self) -> tuple[ReadableSpan, ...]:
        return self._exporter.get_finished_spans()

    def named(self, name: str) -> ReadableSpan:
        """The one span of this name."""
        (found,) = [span for span in self.all() if span.name == name]
        return found

    def parent_of(self, name: str) -> str:
        """The name of the span that this one is part of, or its id where that is none of ours."""
        parent = self.named(name).parent
        assert parent is not None, name
        names = {ids(span)[1]: span.name for span in self.all()}
        return names.get(f"{parent.span_id:016x}", f"{parent.span_id:016x}")


def ids(span: ReadableSpan) -> tuple[str, str]:
    """Of its trace, and its own."""
    context = span.get_span_context()
    assert context is not None
    return f"{context.trace_id:032x}", f"{context.span_id:016x}"


@contextmanager
def tracing() -> Iterator[Traces]:
    """This process traces within."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    spans.install(OpenTelemetryTracer(provider))
    try:
        yield Traces(exporter)
    finally:
        spans.uninstall(seconds=1)
