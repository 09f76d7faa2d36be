"""Spans go to a collector; one that is away or slow holds nobody up."""

import asyncio
import os
import socket
import threading
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased

from project import checks, tracing_start
from project.env import Env
from project.trace_export import OpenTelemetryTracer, exporting
from project.tracing_env import give_opentelemetry_its_variables
from tests.traces import TRACEPARENT, ids, tracing
from tracing import spans
from tracing.spans import Kind


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A collector that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "3")
        yield


def test_a_collector_that_does_not_answer_holds_up_no_span_and_no_stop(silent: None) -> None:
    tracer = exporting("web")
    spans.install(tracer)
    for _ in range(3 * 2048):  # more than the queue holds
        with spans.span("work", Kind.INTERNAL):
            pass
    spans.uninstall(seconds=0.2)
    # What sends is still at it, and nobody waits for it.
    assert any(thread.name.startswith("OtelBatchSpan") for thread in threading.enumerate())
    assert not spans.is_on()


def test_each_process_is_a_service_unless_it_is_named(
    silent: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def service(tracer: OpenTelemetryTracer) -> list[Any]:
        told = tracer._provider.resource.attributes
        tracer.close(0.1)
        return [told[f"service.{name}"] for name in ("name", "version", "instance.id")]

    here = f"{socket.gethostname()}:{os.getpid()}"
    assert service(exporting("worker")) == ["darkroom-worker", version("darkroom"), here]
    monkeypatch.setenv("OTEL_SERVICE_NAME", "photos")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=seventh")
    assert service(exporting("worker")) == ["photos", version("darkroom"), "seventh"]


def test_what_a_client_does_not_sample_is_continued_and_not_kept() -> None:
    with tracing() as traces:
        with spans.span("request", Kind.SERVER, parent=f"{TRACEPARENT[:-2]}00") as span:
            assert span.traceparent is not None
            assert span.traceparent.split("-")[1] == TRACEPARENT.split("-")[1]
            assert span.traceparent.endswith("-00")
        assert traces.all() == ()


def test_the_sampler_is_that_of_the_standard_variable(
    silent: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_always_off")
    tracer = exporting("web")
    sampler = tracer._provider.sampler
    assert isinstance(sampler, ParentBased)
    assert sampler._root is ALWAYS_OFF
    tracer.close(0.1)


def fail_around_a_span() -> None:
    with spans.span("outer", Kind.SERVER):
        with spans.span("inner", Kind.INTERNAL):
            spans.note({"darkroom.upload.id": 7})
        _ = 1 / 0


def test_a_span_that_raises_has_failed_and_is_part_of_what_runs_around_it() -> None:
    with tracing() as traces:
        with pytest.raises(ZeroDivisionError):
            fail_around_a_span()
        assert traces.parent_of("inner") == "outer"
        assert traces.named("inner").attributes == {"darkroom.upload.id": 7}
        assert (traces.named("outer").attributes or {})["error.type"] == "ZeroDivisionError"
        assert ids(traces.named("inner"))[0] == ids(traces.named("outer"))[0]


def test_without_a_tracer_nothing_is_traced_and_nothing_fails() -> None:
    with spans.span("request", Kind.SERVER, parent=TRACEPARENT) as span:
        span.note({"darkroom.upload.id": 7}, name="other")
        assert span.traceparent is None
        assert spans.current() is None
    spans.record("over", parent=TRACEPARENT, began_ns=1, ended_ns=2)


@pytest.mark.parametrize("is_installed", [True, False])
def test_a_process_traces_from_its_start_to_its_end_where_that_is_set_and_installed(
    silent: None,
    monkeypatch: pytest.MonkeyPatch,
    is_installed: bool,
) -> None:
    monkeypatch.setattr(tracing_start, "is_installed", lambda: is_installed)
    monkeypatch.setattr(tracing_start, "env", lambda: Env(_env_file=None))
    with tracing_start.tracing("web"):
        assert spans.is_on() is is_installed
    assert not spans.is_on()
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    with tracing_start.tracing("web"):
        assert not spans.is_on()


def test_what_the_env_file_says_to_opentelemetry_counts_where_the_environment_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text("OTEL_TRACES_SAMPLER=always_off\nOTEL_SERVICE_NAME=file\nSECRET_KEY=x\n")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "environment")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "")
    monkeypatch.delenv("OTEL_TRACES_SAMPLER")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    give_opentelemetry_its_variables(file)
    said = {name: os.environ.get(name) for name in ("OTEL_TRACES_SAMPLER", "OTEL_SERVICE_NAME")}  # noqa: TID251  # where its library looks
    assert said == {"OTEL_TRACES_SAMPLER": "always_off", "OTEL_SERVICE_NAME": "environment"}
    assert "SECRET_KEY" not in os.environ  # noqa: TID251  # likewise


@pytest.mark.parametrize("is_installed", [True, False])
def test_who_wants_traces_is_told_what_they_take(
    monkeypatch: pytest.MonkeyPatch, is_installed: bool
) -> None:
    wanting = Env(_env_file=None, otel_exporter_otlp_endpoint="http://127.0.0.1:4318")
    monkeypatch.setattr(checks, "env", lambda: wanting)
    monkeypatch.setattr(tracing_start, "is_installed", lambda: is_installed)
    told = [message.id for message in checks.traces_can_be_sent()]
    assert told == ([] if is_installed else ["project.W008"])


async def test_what_a_request_has_begun_is_no_part_of_it_once_it_is_over() -> None:
    begun, over = asyncio.Event(), asyncio.Event()

    async def live_on() -> tuple[str | None, str | None]:
        begun.set()
        within = spans.current()
        await over.wait()
        spans.note({"darkroom.upload.id": 7})
        return within, spans.current()

    with tracing() as traces:
        with spans.span("request", Kind.SERVER) as span:
            task = asyncio.create_task(live_on())
            await begun.wait()
        over.set()
        assert await task == (span.traceparent, None)
        assert not traces.named("request").attributes
