"""A gRPC server that stops: what runs may finish, what is new is refused, what idles ends."""

import asyncio

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from inference.oip.errors import STOPPING
from inference.oip.messages import SERVICE
from tests.unit.oip.line import Line, adding, answers, empty, status_of


async def test_running_calls_finish_while_the_server_stops(line: Line) -> None:
    line.engine.released.clear()
    running = asyncio.ensure_future(line.call("ModelInfer", adding(id="a")))
    await line.engine.runs(1)
    stopping = asyncio.create_task(line.server.stop(600))
    assert (await line.call("ServerLive", empty("ServerLive"))).live
    assert not (await line.call("ServerReady", empty("ServerReady"))).ready
    for refused in (line.call("ModelInfer", adding()), answers(line.stream([adding()]))):
        code, details = await status_of(refused)
        assert (code, details) == (grpc.StatusCode.UNAVAILABLE, STOPPING)
    line.engine.released.set()
    assert (await running).id == "a"
    await stopping


async def test_a_server_that_stops_while_idle_says_so_before_it_closes(line: Line) -> None:
    await line.call("ModelInfer", adding())
    stopping = asyncio.create_task(line.server.stop(600))
    assert not (await line.call("ServerReady", empty("ServerReady"))).ready
    code, details = await status_of(line.call("ModelInfer", adding()))
    assert (code, details) == (grpc.StatusCode.UNAVAILABLE, STOPPING)
    assert not stopping.done()
    await stopping
    code, details = await status_of(line.call("ModelInfer", adding()))
    assert code is grpc.StatusCode.UNAVAILABLE
    assert details != STOPPING


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


async def test_a_server_that_rests_says_so_and_answers_who_calls_all_the_same(line: Line) -> None:
    health = health_pb2_grpc.HealthStub(line.channel)
    watch = health.Watch(health_pb2.HealthCheckRequest(service=SERVICE))
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
    line.server.rest(is_resting=True)
    assert not (await line.call("ServerReady", empty("ServerReady"))).ready
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
    assert (await line.call("ModelInfer", adding(id="a"))).id == "a"
    line.server.rest(is_resting=False)
    assert (await line.call("ServerReady", empty("ServerReady"))).ready
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING


async def test_a_server_that_stops_serves_no_more_whether_it_rested_or_not(line: Line) -> None:
    health = health_pb2_grpc.HealthStub(line.channel)
    await line.call("ModelInfer", adding())
    line.server.rest(is_resting=True)
    stopping = asyncio.create_task(line.server.stop(600))
    assert not (await line.call("ServerReady", empty("ServerReady"))).ready
    line.server.rest(is_resting=False)
    answer = await health.Check(health_pb2.HealthCheckRequest(service=SERVICE))
    assert answer.status == health_pb2.HealthCheckResponse.NOT_SERVING
    await stopping


async def test_what_outlasts_the_grace_is_called_off(line: Line) -> None:
    line.engine.released.clear()
    running = asyncio.ensure_future(line.call("ModelInfer", adding()))
    await line.engine.runs(1)
    await line.server.stop(0.05)
    code, _ = await status_of(running)
    assert code in {grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE}
    assert len(line.engine.canceled) == 1
