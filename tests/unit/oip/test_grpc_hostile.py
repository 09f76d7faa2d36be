"""Clients of gRPC that mean no good: what they leave behind, and what they make a worker hold."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from inference.http2 import frames
from inference.oip.grpc_about import HEALTH
from inference.oip.grpc_messages import prefix
from inference.oip.messages import SERVICE
from inference.oip.tls import ServerTls
from tests.certificates import Authority
from tests.unit.oip.line import Line, adding, as_bytes

WATCH = f"/{HEALTH}/Watch"
STREAM = f"/{SERVICE}/ModelStreamInfer"
WHO = {"authorization": "Bearer good", "content-type": "application/grpc", "te": "trailers"}


def framed(data: bytes) -> bytes:
    return prefix(len(data)) + data


@pytest_asyncio.fixture
async def http(line: Line) -> AsyncIterator[httpx.AsyncClient]:
    """A client of HTTP/2 that knows no gRPC."""
    url = f"http://127.0.0.1:{line.port}"
    async with httpx.AsyncClient(http1=False, http2=True, base_url=url, timeout=20) as client:
        yield client


async def test_a_handshake_that_fails_takes_no_place_of_a_connection(tmp_path: Path) -> None:
    pair = Authority(tmp_path).sign("worker")
    line = Line()
    port = await line.server.start("127.0.0.1", 0, ServerTls(pair.certificate, pair.key))
    for _ in range(3):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        await reader.read()
        writer.close()
    assert not line.server._connections
    await line.server.stop(0)


async def test_a_client_of_tls_that_leaves_is_worth_no_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    authority = Authority(tmp_path)
    pair = authority.sign("worker")
    line = Line()
    port = await line.server.start("127.0.0.1", 0, ServerTls(pair.certificate, pair.key))
    context = ssl.create_default_context(cafile=authority.certificate)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    writer.write(frames.PREFACE + frames.settings({}))
    await reader.readexactly(frames.HEAD_BYTES)
    writer.close()
    await line.server._deserted.wait()
    await line.server.stop(0)
    assert not caplog.records


@pytest.mark.parametrize(
    ("path", "first"), [(WATCH, framed(b"")), (STREAM, framed(as_bytes(adding())))]
)
async def test_a_stream_that_goes_on_with_nonsense_leaves_nothing_running(
    http: httpx.AsyncClient, line: Line, path: str, first: bytes
) -> None:
    line.engine.released.clear()

    async def said() -> AsyncIterator[bytes]:
        yield first
        while not [task for call in line.server._calls if (task := call._task)]:  # noqa: ASYNC110
            await asyncio.sleep(0)
        for _ in range(9):
            await asyncio.sleep(0)
        yield b"\7" + bytes(4)

    before = asyncio.all_tasks()
    answer = await http.post(path, content=said(), headers=WHO)
    assert answer.headers.get("grpc-status", "13") == "13"
    while line.server._calls:  # noqa: ASYNC110  # calls set no event
        await asyncio.sleep(0)
    for _ in range(9):
        await asyncio.sleep(0)
    running = [task for task in asyncio.all_tasks() - before if "grpc" in repr(task)]
    assert not running
