"""The gRPC server: health, reflection, and where it listens."""

import socket
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from inference.oip.access import Caller
from inference.oip.errors import ProtocolError, Status
from inference.oip.grpc_server import AddressUnavailable, GrpcServer
from inference.oip.messages import SERVICE
from tests.unit.oip.bench import FakeEngine, data_plane
from tests.unit.oip.line import Line, status_of


async def _nobody(token: str, address: str | None) -> Caller:
    raise ProtocolError(Status.UNAUTHENTICATED, "Nobody knows you.")


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
