"""The gRPC face: who may call, how errors travel, how streams and the server end."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import grpc
import numpy as np
import pytest
import pytest_asyncio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from inference.engine.datatypes import to_tensor
from inference.engine.types import Job, Outcome, Progress
from inference.oip.access import Caller
from inference.oip.errors import STOPPING, ProtocolError, Status
from inference.oip.grpc_server import AddressUnavailable, GrpcServer
from inference.oip.limits import MAX_REQUEST_BYTES
from inference.oip.messages import SERVICE, message
from inference.oip.streaming import MAX_RUNNING
from tests.unit.oip.bench import Counted, FakeEngine, asking, config, data_plane, failed

ONES = to_tensor(np.ones((1, 4), np.float32), "FP32")
BEARER = (("authorization", "Bearer good"),)
NEEDS_NOBODY = ("ServerLive", "ServerReady", "ServerMetadata")
NEEDS_SOMEBODY = (
    "ModelReady",
    "ModelMetadata",
    "ModelConfig",
    "ModelStatistics",
    "RepositoryIndex",
    "RepositoryModelLoad",
    "RepositoryModelUnload",
    "ModelInfer",
)


class Line:
    """A server over a fake engine, and a channel to it."""

    def __init__(self) -> None:
        self.engine = FakeEngine(config())
        self.tokens = {"good": Caller(7, may_manage=False)}
        plane, _, self.meter = data_plane(self.engine)
        self.server = GrpcServer(plane, self._authenticate)
        self.channel: grpc.aio.Channel

    async def start(self) -> None:
        port = await self.server.start("127.0.0.1", 0)
        self.channel = grpc.aio.insecure_channel(
            f"127.0.0.1:{port}", options=[("grpc.max_send_message_length", -1)]
        )

    async def call(self, name: str, request: Any, metadata: Any = BEARER, **options: Any) -> Any:
        send = self.channel.unary_unary(
            f"/{SERVICE}/{name}",
            request_serializer=None if isinstance(request, bytes) else _bytes,
            response_deserializer=message(f"{name}Response").FromString,
        )
        return await send(request, metadata=metadata, **options)

    def stream(self, requests: Any, metadata: Any = BEARER) -> Any:
        send = self.channel.stream_stream(
            f"/{SERVICE}/ModelStreamInfer",
            request_serializer=_bytes,
            response_deserializer=message("ModelStreamInferResponse").FromString,
        )
        return send(requests, metadata=metadata)

    async def _authenticate(self, token: str) -> Caller:
        if token not in self.tokens:
            raise ProtocolError(Status.UNAUTHENTICATED, "Nobody knows you.")
        return self.tokens[token]


def _bytes(request: Any) -> bytes:
    return request if isinstance(request, bytes) else bytes(request.SerializeToString())


def adding(**fields: Any) -> Any:
    return asking("adder", ("a", ONES), ("b", ONES), **fields)


def empty(name: str) -> Any:
    return message(f"{name}Request")()


async def _nobody(token: str) -> Caller:
    raise ProtocolError(Status.UNAUTHENTICATED, "Nobody knows you.")


@pytest_asyncio.fixture
async def line() -> AsyncIterator[Line]:
    one = Line()
    await one.start()
    yield one
    one.engine.released.set()
    await one.channel.close(None)
    await one.server.stop(0)


async def status_of(call: Any) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call
    return raised.value.code(), raised.value.details() or ""


@pytest.mark.parametrize("name", NEEDS_NOBODY)
async def test_anybody_may_ask_for_the_server(line: Line, name: str) -> None:
    await line.call(name, empty(name), metadata=())


@pytest.mark.parametrize("name", NEEDS_SOMEBODY)
@pytest.mark.parametrize(
    "metadata",
    [
        (),
        (("authorization", ""),),
        (("authorization", "good"),),
        (("authorization", "Basic good"),),
        (("authorization", "Bearer bad"),),
        (("authorization-bin", b"Bearer good"),),
    ],
)
async def test_everything_else_needs_a_token(line: Line, name: str, metadata: Any) -> None:
    code, _ = await status_of(line.call(name, empty(name), metadata=metadata))
    assert code is grpc.StatusCode.UNAUTHENTICATED


async def test_the_scheme_is_read_in_any_case(line: Line) -> None:
    await line.call(
        "RepositoryIndex", empty("RepositoryIndex"), (("authorization", "bearer good"),)
    )


@pytest.mark.parametrize("status", list(Status))
async def test_each_status_has_its_code(line: Line, status: Status) -> None:
    def script(job: Job) -> Outcome:
        raise ProtocolError(status, "So it ended.")

    line.engine.script = script
    code, details = await status_of(line.call("ModelInfer", adding()))
    assert (code.name, details) == (status.name, "So it ended.")


async def test_a_defect_is_logged_and_not_told(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    def script(job: Job) -> Outcome:
        raise LookupError("a secret of the house")

    line.engine.script = script
    code, details = await status_of(line.call("ModelInfer", adding()))
    assert (code, details) == (
        grpc.StatusCode.INTERNAL,
        "The server failed on this request.",
    )
    assert "a secret of the house" in caplog.text
    assert "good" not in caplog.text


async def test_a_request_that_is_no_message_is_an_invalid_argument(line: Line) -> None:
    code, details = await status_of(line.call("ModelInfer", b"\xff\xff\xff"))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert details == "The request is not a message of this call."


@pytest.mark.parametrize("name", ["SystemSharedMemoryStatus", "TraceSetting", "LogSettings", "Fly"])
async def test_what_is_not_served_is_unimplemented(line: Line, name: str) -> None:
    send = line.channel.unary_unary(f"/{SERVICE}/{name}", _bytes, bytes)
    code, _ = await status_of(send(b"", metadata=BEARER))
    assert code is grpc.StatusCode.UNIMPLEMENTED


async def test_a_long_message_does_not_break_the_headers(line: Line) -> None:
    code, details = await status_of(line.call("ModelInfer", asking("ü" * 1_000_000)))
    assert code is grpc.StatusCode.NOT_FOUND
    assert len(details) <= 500


async def test_a_request_above_the_limit_is_refused_unread(line: Line) -> None:
    code, _ = await status_of(line.call("ModelInfer", bytes(MAX_REQUEST_BYTES + (2 << 20))))
    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
    await line.call("ModelInfer", adding())


async def test_a_small_message_that_unpacks_to_a_large_one_is_refused(line: Line) -> None:
    code, _ = await status_of(
        line.call("ModelInfer", bytes(MAX_REQUEST_BYTES * 4), compression=grpc.Compression.Gzip)
    )
    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_a_call_that_is_canceled_calls_its_job_off(line: Line) -> None:
    line.engine.released.clear()
    running = asyncio.ensure_future(line.call("ModelInfer", adding()))
    await line.engine.runs(1)
    running.cancel()
    await line.engine.calls_off(1)


async def test_a_call_beyond_its_deadline_calls_its_job_off(line: Line) -> None:
    line.engine.released.clear()
    code, _ = await status_of(line.call("ModelInfer", adding(), timeout=0.2))
    assert code is grpc.StatusCode.DEADLINE_EXCEEDED
    await line.engine.calls_off(1)


async def test_a_web_server_that_forwards_is_counted_as_its_own_door(line: Line) -> None:
    for metadata in ((), (("darkroom-door", "rest"),), (("darkroom-door", "moon"),)):
        await line.call("ModelInfer", adding(), (*BEARER, *metadata))
    assert isinstance(line.meter, Counted)
    assert [use[3] for use in line.meter.used] == ["grpc", "rest", "grpc"]


# Streams.


async def answers(stream: Any) -> list[Any]:
    return [answer async for answer in stream]


async def test_a_stream_answers_each_request_once(line: Line) -> None:
    told = await answers(line.stream([adding(id=str(number)) for number in range(200)]))
    assert sorted(int(one.infer_response.id) for one in told) == list(range(200))
    assert not [one for one in told if one.error_message or one.infer_response.parameters]


async def test_a_stream_reads_no_more_than_it_computes(line: Line) -> None:
    line.engine.released.clear()
    stream = line.stream([adding() for _ in range(MAX_RUNNING + 36)])
    await line.engine.runs(MAX_RUNNING)
    for _ in range(20):
        await line.call("ServerLive", empty("ServerLive"))
    assert line.engine.running == MAX_RUNNING
    line.engine.released.set()
    assert len(await answers(stream)) == MAX_RUNNING + 36


async def test_an_error_in_a_stream_ends_one_request_only(line: Line) -> None:
    told = await answers(line.stream([asking("nobody", id="a"), adding(id="b")]))
    by_id = {one.infer_response.id: one for one in told}
    assert by_id["a"].error_message == "There is no model nobody version ."
    assert by_id["b"].error_message == ""
    assert by_id["b"].infer_response.raw_output_contents


async def test_a_defect_in_a_stream_is_logged_and_not_told(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    def script(job: Job) -> Outcome:
        raise LookupError("a secret of the house")

    line.engine.script = script
    (told,) = await answers(line.stream([adding()]))
    assert told.error_message == "The server failed on this request."
    assert "a secret of the house" in caplog.text


async def test_a_stream_without_a_token_does_not_begin(line: Line) -> None:
    code, _ = await status_of(answers(line.stream([adding()], metadata=())))
    assert code is grpc.StatusCode.UNAUTHENTICATED


async def test_a_sign_in_that_ends_ends_the_requests_of_its_streams(line: Line) -> None:
    first_answered = asyncio.Event()

    async def requests() -> AsyncIterator[Any]:
        yield adding(id="before")
        await first_answered.wait()
        line.tokens.clear()
        yield adding(id="after")

    told = {}
    async for one in line.stream(requests()):
        told[one.infer_response.id] = one.error_message
        first_answered.set()
    assert told == {"before": "", "after": "Nobody knows you."}


async def test_what_is_no_request_ends_its_stream(line: Line) -> None:
    code, _ = await status_of(answers(line.stream([b"\xff\xff\xff"])))
    assert code is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_canceled_stream_calls_its_jobs_off(line: Line) -> None:
    line.engine.released.clear()
    stream = line.stream([adding(), adding()])
    await line.engine.runs(2)
    stream.cancel()
    await line.engine.calls_off(2)


def parameters(one: Any) -> dict[str, Any]:
    choices = one.infer_response.parameters.items()
    return {key: getattr(value, value.WhichOneof("parameter_choice")) for key, value in choices}


async def test_progress_is_told_where_it_is_asked_for(line: Line) -> None:
    line.engine.released.clear()
    stream = line.stream([adding(id="a", parameters={"progress": {"bool_param": True}})])
    await line.engine.runs(1)
    (job,) = line.engine.jobs
    for fraction in (0.25, 0.5):
        line.engine.reports[job.id](Progress(job.id, 1, "expose", fraction, None))
        one = await stream.read()
        assert one.infer_response.id == "a"
        assert parameters(one) == {
            "stage": "expose",
            "fraction": fraction,
            "index": 0,
            "triton_final_response": False,
        }
    line.engine.released.set()
    last = await stream.read()
    assert parameters(last) == {"triton_final_response": True}
    assert last.infer_response.raw_output_contents
    assert await stream.read() is grpc.aio.EOF  # type: ignore[attr-defined]  # not in the stubs


async def test_a_client_that_waits_for_the_final_response_gets_it_alone(line: Line) -> None:
    asks = {"triton_enable_empty_final_response": {"bool_param": True}}
    (told,) = await answers(line.stream([adding(parameters=asks)]))
    assert parameters(told) == {"triton_final_response": True}


async def test_the_final_response_of_a_failure_is_told_as_such(line: Line) -> None:
    line.engine.script = failed("model_error")
    asks = {"progress": {"bool_param": True}}
    (told,) = await answers(line.stream([adding(parameters=asks)]))
    assert (told.error_message, parameters(told)) == (
        "It ended by model_error.",
        {"triton_final_response": True},
    )


async def test_progress_is_true_or_false(line: Line) -> None:
    (told,) = await answers(line.stream([adding(parameters={"progress": {"int64_param": 1}})]))
    assert told.error_message == "The parameter progress is true or false."


# Health, reflection, and the end.


async def test_health_is_told_for_the_server_and_the_service(line: Line) -> None:
    health = health_pb2_grpc.HealthStub(line.channel)
    for name in ("", SERVICE):
        answer = await health.Check(health_pb2.HealthCheckRequest(service=name))
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
    code, _ = await status_of(health.Check(health_pb2.HealthCheckRequest(service="moon")))
    assert code is grpc.StatusCode.NOT_FOUND


async def test_reflection_describes_every_service(line: Line) -> None:
    asks = reflection_pb2.ServerReflectionRequest
    stub = reflection_pb2_grpc.ServerReflectionStub(line.channel)

    async def ask(request: Any) -> Any:
        (answer,) = [one async for one in stub.ServerReflectionInfo(iter([request]))]
        return answer

    listed = await ask(asks(list_services=""))
    names = {one.name for one in listed.list_services_response.service}
    assert SERVICE in names
    assert len(names) == 3
    for name in names:
        answer = await ask(asks(file_containing_symbol=name))
        assert answer.file_descriptor_response.file_descriptor_proto, name


async def test_a_port_in_use_is_told_in_one_sentence() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        server = GrpcServer(data_plane(FakeEngine())[0], _nobody)
        with pytest.raises(AddressUnavailable) as raised:
            await server.start("127.0.0.1", port)
    assert str(raised.value) == f"gRPC cannot listen on 127.0.0.1:{port}: address already in use."


async def test_two_servers_do_not_share_a_port() -> None:
    first, second = (GrpcServer(data_plane(FakeEngine())[0], _nobody) for _ in range(2))
    port = await first.start("127.0.0.1", 0)
    try:
        with pytest.raises(AddressUnavailable):
            await second.start("127.0.0.1", port)
    finally:
        await first.stop(0)
        await second.stop(0)


async def test_running_calls_finish_while_the_server_stops(line: Line) -> None:
    line.engine.released.clear()
    running = asyncio.ensure_future(line.call("ModelInfer", adding(id="a")))
    await line.engine.runs(1)
    stopping = asyncio.create_task(line.server.stop(600))
    await asyncio.sleep(0)
    assert (await line.call("ServerLive", empty("ServerLive"))).live
    assert not (await line.call("ServerReady", empty("ServerReady"))).ready
    for refused in (line.call("ModelInfer", adding()), answers(line.stream([adding()]))):
        code, details = await status_of(refused)
        assert (code, details) == (grpc.StatusCode.UNAVAILABLE, STOPPING)
    line.engine.released.set()
    assert (await running).id == "a"
    await stopping


async def test_a_stream_that_lies_idle_does_not_hold_the_stopping_server(line: Line) -> None:
    stream = line.stream(None)
    await stream.write(adding(id="a"))
    assert (await stream.read()).infer_response.id == "a"
    health = health_pb2_grpc.HealthStub(line.channel)
    watch = health.Watch(health_pb2.HealthCheckRequest(service=SERVICE))
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
    async with asyncio.timeout(20):
        await line.server.stop(600)
    code, details = await status_of(stream.read())
    assert (code, details) == (
        grpc.StatusCode.UNAVAILABLE,
        STOPPING,
    )
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING


async def test_what_outlasts_the_grace_is_called_off(line: Line) -> None:
    line.engine.released.clear()
    running = asyncio.ensure_future(line.call("ModelInfer", adding()))
    await line.engine.runs(1)
    await line.server.stop(0.05)
    code, _ = await status_of(running)
    assert code in {grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE}
    assert len(line.engine.canceled) == 1
