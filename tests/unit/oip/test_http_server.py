"""A worker's own HTTP server, over a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from inference.oip import http_server
from inference.oip.access import Caller
from inference.oip.http_server import HttpServer
from tests.unit.oip.bench import FakeEngine, config, data_plane

CHUNKED = (
    b"POST /v2/models/adder/infer HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer good\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
)
LISTING = b"GET /v2 HTTP/1.1\r\nHost: here\r\n\r\n"


class Connection:
    """A client that speaks byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        """Sends, and waits until it is on its way."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> tuple[int, Any]:
        """Status and document of the next answer."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].split()[0])
        return int(head.split()[1]), json.loads(await self.reader.readexactly(length))

    async def closes(self) -> bool:
        """Whether nothing more comes."""
        return not await self.reader.read()


@pytest.fixture
def asked() -> asyncio.Event:
    """Set once somebody has been let in, and the server waits for a body."""
    return asyncio.Event()


@pytest_asyncio.fixture
async def port(asked: asyncio.Event) -> AsyncIterator[int]:
    """Where a server listens."""

    async def anybody(token: str) -> Caller:
        asked.set()
        return Caller(7, may_manage=False)

    server = HttpServer(data_plane(FakeEngine(config()))[0], anybody)
    yield await server.start("127.0.0.1", 0)
    await server.stop(0)


async def _connected(port: int) -> Connection:
    return Connection(*await asyncio.open_connection("127.0.0.1", port))


async def test_malformed_chunks_are_refused_at_once_and_end_the_connection(
    port: int, asked: asyncio.Event
) -> None:
    client = await _connected(port)
    await client.send(CHUNKED)
    await asked.wait()
    await client.send(b"zz\r\n")
    async with asyncio.timeout(20):
        status, document = await client.answer()
        assert await client.closes()
    assert (status, document) == (400, {"error": "The body's chunks are malformed."})


async def test_a_body_that_comes_byte_by_byte_is_given_up(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "_BODY_SECONDS", 0.2)
    client = await _connected(port)
    await client.send(CHUNKED)

    async def drip() -> None:
        while True:
            await client.send(b"1\r\n \r\n")
            await asyncio.sleep(0.02)

    dripping = asyncio.create_task(drip())
    async with asyncio.timeout(20):
        assert (await client.answer())[0] == 408
    dripping.cancel()


async def test_who_reads_no_answer_is_hung_up_on(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "_UNREAD_SECONDS", 0.1)
    client = await _connected(port)
    client.writer.transport.pause_reading()  # type: ignore[attr-defined]  # of the whole connection
    async with asyncio.timeout(60):
        with pytest.raises(ConnectionError):
            await _send_for_ever(client)


async def test_who_reads_slowly_gets_every_answer(port: int) -> None:
    client = await _connected(port)
    sending = asyncio.create_task(client.send(LISTING * 2000))
    async with asyncio.timeout(60):
        answers = [await client.answer() for _ in range(2000)]
        await sending
    assert {status for status, _ in answers} == {200}


async def _send_for_ever(client: Connection) -> None:
    while True:
        await client.send(LISTING * 1000)
