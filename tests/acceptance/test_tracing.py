"""Real processes export to a collector: one trace over web, worker and socket."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.darkroom import Darkroom, until
from tests.fakes.collector import Collector, Taken
from tests.listener import Listener
from tests.photos import tiny
from tests.traces import CLIENT, TRACE, TRACEPARENT

pytestmark = pytest.mark.slow

OF_A_MODEL = {"model wait", "model decode", "model compute", "model encode"}
WAY = {
    *("POST /api/uploads/", "prediction queued", "prediction attempt", "prediction ending"),
    *("socket prediction.succeeded", *OF_A_MODEL),
}


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector().start()
    yield collector
    collector.stop()


@pytest.fixture
def traced(tmp_path: Path, collector: Collector) -> Iterator[Darkroom]:
    server = Darkroom(tmp_path / "darkroom")
    server.folder.mkdir()
    server.start(
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
        OTEL_EXPORTER_OTLP_HEADERS="x-tenant=photos",
        OTEL_BSP_SCHEDULE_DELAY="200",
        LOG_FORMAT="json",
    )
    yield server
    server.stop()


def parents(spans: list[Taken]) -> dict[str, str]:
    """Of each span by its name, its parent's name or id."""
    names = {span.span_id: span.name for span in spans}
    return {span.name: names.get(span.parent_id, span.parent_id) for span in spans}


def lines_of(log: Path) -> list[dict[str, Any]]:
    said = [line.partition("| ")[2] for line in log.read_text().splitlines()]
    return [json.loads(line) for line in said if line.startswith("{")]


def test_one_trace_leads_over_web_worker_and_socket(
    traced: Darkroom, collector: Collector, tmp_path: Path
) -> None:
    photo = tmp_path / "a-private-name.png"
    photo.write_bytes(tiny(size=(64, 48)))
    person = traced.person("ada")
    listener = Listener(traced.url, person.tokens["access"])
    listener.until(lambda it: it.messages, "it is signed in")
    person.http.headers["traceparent"] = TRACEPARENT
    uploaded = person.upload(photo, model="background-removal")
    del person.http.headers["traceparent"]
    person.finished(uploaded)
    listener.until(lambda it: it.events("prediction.succeeded"), "it is told of the ending")

    def whole() -> list[Taken] | None:
        spans = collector.of(TRACE)
        return spans if {span.name for span in spans} >= WAY else None

    spans = until(whole, "all of the trace has come")
    listener.close()
    post = "POST /api/uploads/"
    assert {span.name for span in spans} == WAY
    assert parents(spans) == {
        **dict.fromkeys(WAY, post),
        **dict.fromkeys({*OF_A_MODEL, "prediction ending"}, "prediction attempt"),
        post: CLIENT,
    }
    services = {span.name: span.service for span in spans}
    assert services[post] == services["socket prediction.succeeded"] == "darkroom-web"
    assert services["prediction attempt"] == services["model compute"] == "darkroom-worker"
    assert all(headers["x-tenant"] == "photos" for headers in collector.headers)
    everything = " ".join(str(span.attributes) for span in collector.spans)
    assert "private" not in everything

    told = [line for line in lines_of(traced.log) if line.get("trace_id") == TRACE]
    assert {line["event"] for line in told} >= {"request", "prediction.succeeded"}
    (access,) = [line for line in told if line["event"] == "request"]
    queued = next(line for line in told if line["event"] == "prediction.queued")
    assert access["request_id"] == queued["request_id"]


def test_the_web_hands_the_trace_of_v2_on_to_the_worker_and_nothing_is_left_at_the_end(
    traced: Darkroom, collector: Collector
) -> None:
    person = traced.person("ada")
    person.http.headers["traceparent"] = TRACEPARENT
    assert person.http.get("/v2/models/ocr/config").status_code == 200
    # What has not gone yet is sent by processes that end.
    assert traced.stop() == 0
    spans = collector.of(TRACE)
    request, call = (
        "GET /v2/models/<str:model>/config",
        "inference.GRPCInferenceService/ModelConfig",
    )
    assert parents(spans) == {request: CLIENT, call: request}
    assert {span.service for span in spans} == {"darkroom-web", "darkroom-worker"}
