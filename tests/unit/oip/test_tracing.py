"""A span for each request of the protocol, which continues its client's trace."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from opentelemetry.trace import StatusCode

from inference.engine.status import State
from inference.oip.rest_service import RestService
from tests.traces import CLIENT, TRACE, TRACEPARENT, Traces, ids, tracing
from tests.unit.oip.line import BEARER, Line, adding, empty, status_of

CALL = "inference.GRPCInferenceService"
HEADER = ("traceparent", TRACEPARENT)


@pytest.fixture
def traces() -> Iterator[Traces]:
    with tracing() as found:
        yield found


async def test_a_call_of_grpc_continues_its_clients_trace_to_the_model(
    line: Line, traces: Traces
) -> None:
    await line.call("ModelInfer", adding(), (*BEARER, HEADER))
    infer = f"{CALL}/ModelInfer"
    assert traces.parent_of(infer) == CLIENT
    model = ["model wait", "model decode", "model compute", "model encode"]
    assert {name: traces.parent_of(name) for name in model} == dict.fromkeys(model, infer)
    assert {ids(span)[0] for span in traces.all()} == {TRACE}
    told: Any = traces.named(infer).attributes
    assert (told["darkroom.model"], told["rpc.method"]) == ("adder", infer)
    assert (told["rpc.system.name"], told["rpc.response.status_code"]) == ("grpc", "OK")


async def test_a_refused_call_has_its_status_and_a_probe_has_no_span(
    line: Line, traces: Traces
) -> None:
    await status_of(line.call("ModelConfig", empty("ModelConfig"), metadata=()))
    await line.call("ServerLive", empty("ServerLive"), metadata=())
    (span,) = traces.all()
    assert (span.attributes or {})["rpc.response.status_code"] == "UNAUTHENTICATED"
    # It is the client's doing, not the server's.
    assert span.status.status_code is StatusCode.UNSET


async def test_a_call_that_the_server_fails_at_has_failed(line: Line, traces: Traces) -> None:
    line.plane.drain()
    await status_of(line.call("ModelInfer", adding()))
    (span,) = traces.all()
    told: Any = span.attributes
    assert told["rpc.response.status_code"] == told["error.type"] == "UNAVAILABLE"
    assert span.status.status_code is StatusCode.ERROR


class Asked:
    """A request of HTTP without a body."""

    method = "GET"
    address: str | None = "127.0.0.1"

    def __init__(self, path: str) -> None:
        self.path = path
        self.headers: Mapping[str, str] = {
            "traceparent": TRACEPARENT,
            "Authorization": "Bearer good",
        }

    async def body(self) -> bytes:
        return b""

    def hold(self, size: int) -> None:
        """Nothing is."""


async def test_a_request_of_http_continues_its_clients_trace(line: Line, traces: Traces) -> None:
    service = RestService(line.plane, line._authenticate, lambda _host: "")
    for path in ("/v2/models/adder", "/v2/health/live"):
        assert (await service.reply(Asked(path))).status == 200
    service.close()
    assert [span.name for span in traces.all()] == ["GET /v2"]
    assert traces.parent_of("GET /v2") == CLIENT


async def test_a_word_that_is_no_method_stands_in_no_span(line: Line, traces: Traces) -> None:
    service = RestService(line.plane, line._authenticate, lambda _host: "")
    asked = Asked("/v2/models/adder")
    asked.method = "MY-SECRET"
    assert (await service.reply(asked)).status == 405
    service.close()
    (span,) = traces.all()
    assert span.name == "HTTP /v2"
    assert "SECRET" not in span.to_json()


async def test_a_request_of_http_that_the_server_fails_at_has_failed(
    line: Line, traces: Traces
) -> None:
    service = RestService(line.plane, line._authenticate, lambda _host: "")
    line.engine.states["adder"] = State.UNAVAILABLE
    assert (await service.reply(Asked("/v2/models/adder/ready"))).status == 503
    service.close()
    (span,) = traces.all()
    assert (span.attributes or {})["error.type"] == "503"
    assert span.status.status_code is StatusCode.ERROR
