"""Connections of gRPC that are of no use: idle ones, one too many, handshakes that fail."""

import asyncio
import contextlib
import ssl
from pathlib import Path

import pytest

from inference.oip import grpc_server
from inference.oip.access import Caller
from inference.oip.errors import ProtocolError, Status
from inference.oip.tls import ServerTls
from tests.certificates import Authority
from tests.unit.oip.bench import FakeEngine, data_plane
from tests.unit.oip.http2_frames import GREETING, PREFACE
from tests.unit.oip.line import Line


async def test_who_is_connected_and_calls_nothing_is_hung_up_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = dict(grpc_server._OPTIONS)
    assert options["grpc.max_connection_idle_ms"] < options["grpc.max_connection_age_ms"]
    quickly = options | {"grpc.max_connection_idle_ms": 200}
    monkeypatch.setattr(grpc_server, "_OPTIONS", tuple(quickly.items()))
    server = grpc_server.GrpcServer(data_plane(FakeEngine())[0], _nobody)
    port = await server.start("127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(GREETING)
    async with asyncio.timeout(60):
        await reader.read()  # to its end
    writer.close()
    await server.stop(0)


async def _nobody(token: str, address: str | None) -> Caller:
    raise ProtocolError(Status.UNAUTHENTICATED, "Nobody knows you.")


async def test_a_connection_too_many_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    bound = {**dict(grpc_server._OPTIONS), "grpc.max_allowed_incoming_connections": 2}
    monkeypatch.setattr(grpc_server, "_OPTIONS", tuple(bound.items()))
    line = Line()
    await line.start()
    opened = []
    for _ in range(2):
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        writer.write(GREETING)
        await reader.readexactly(9)
        opened.append(writer)
    reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
    writer.write(GREETING)
    with contextlib.suppress(ConnectionResetError):
        assert await reader.read() == b""
    for one in (*opened, writer):
        one.close()
    await line.stop()


async def test_a_handshake_that_fails_takes_no_place_of_a_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound = {**dict(grpc_server._OPTIONS), "grpc.max_allowed_incoming_connections": 2}
    monkeypatch.setattr(grpc_server, "_OPTIONS", tuple(bound.items()))
    authority = Authority(tmp_path)
    pair = authority.sign("worker")
    line = Line()
    port = await line.server.start("127.0.0.1", 0, ServerTls(pair.certificate, pair.key))
    for _ in range(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(PREFACE)
        with contextlib.suppress(ConnectionResetError):
            await reader.read()
        writer.close()
    context = ssl.create_default_context(cafile=authority.certificate)
    context.set_alpn_protocols(["h2"])
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    writer.write(GREETING)
    assert await reader.readexactly(9)
    writer.close()
    await line.server.stop(0)
