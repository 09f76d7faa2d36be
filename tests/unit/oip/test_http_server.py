"""A worker's own HTTP server, over a real socket."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from consumers.cross_origin import CrossOrigin
from inference.engine.types import Computed, Job, Tensor, TensorJob
from inference.oip import http_connections, http_server
from inference.oip.access import Caller
from inference.oip.admission import Admission
from inference.oip.errors import ProtocolError, Status
from inference.oip.http_server import HttpServer
from tests.unit.oip.bench import PROVENANCE, TIMING, FakeEngine, config, data_plane

CHUNKED = (
    b"POST /v2/models/adder/infer HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer good\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
)
GALLERY = "https://gallery.example"
LISTING = b"GET /v2 HTTP/1.1\r\nHost: here\r\n\r\n"


ANSWER_BYTES = 16 << 20
LARGE = Tensor("UINT8", (1, ANSWER_BYTES), bytes(ANSWER_BYTES))
ONES = {"datatype": "FP32", "shape": [1, 4], "data": [1, 1, 1, 1]}
WANTED = json.dumps(
    {
        "inputs": [{"name": name, **ONES} for name in ("a", "b")],
        "outputs": [{"name": "sum", "parameters": {"binary_data": True}}],
    }
).encode()
INFER = (
    b"POST /v2/models/adder/infer HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer good\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(WANTED), WANTED)
)


def large(job: Job) -> Computed:
    """Answers with a large tensor, which no socket takes at once."""
    assert isinstance(job, TensorJob)
    return Computed(job, dict.fromkeys(job.outputs, LARGE), TIMING, PROVENANCE)


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

    async def status(self) -> int:
        """Status of the next answer, which is read to its end."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        await self.reader.readexactly(int(head.partition("\ncontent-length:")[2].split()[0]))
        return int(head.split()[1])

    async def closes(self) -> bool:
        """Whether nothing more comes."""
        return not await self.reader.read()


@pytest.fixture
def asked() -> asyncio.Event:
    """Set once somebody has been let in, and the server waits for a body."""
    return asyncio.Event()


@pytest_asyncio.fixture
async def server(asked: asyncio.Event) -> AsyncIterator[HttpServer]:
    """One that has room for one large answer, and answers to the name `here`."""
    plane = data_plane(FakeEngine(config(), script=large))[0]

    async def anybody(token: str, address: str | None) -> Caller:
        asked.set()
        return Caller(7, may_manage=False)

    def refuse_host(host: str) -> str:
        return "" if host == "here" else "Not here."

    plane.answers = Admission(ANSWER_BYTES + 1000, of="answers")
    made = HttpServer(plane, anybody, refuse_host, CrossOrigin([GALLERY]))
    yield made
    await made.stop(0)


@pytest_asyncio.fixture
async def port(server: HttpServer) -> int:
    """Where it listens."""
    return await server.start("127.0.0.1", 0)


async def test_who_asks_is_told_apart_by_address(
    port: int, server: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str | None] = []

    async def noted(token: str, address: str | None) -> Caller:
        seen.append(address)
        raise ProtocolError(Status.RESOURCE_EXHAUSTED, "Too many.", retry_after=17)

    monkeypatch.setattr(server, "_serves", (server._serves[0], noted, *server._serves[2:]))
    connection = await _connected(port)
    await connection.send(LISTING.replace(b"/v2", b"/v2/models/adder"))
    head = (await connection.reader.readuntil(b"\r\n\r\n")).decode()
    assert head.startswith("HTTP/1.1 429")
    assert "\r\nRetry-After: 17\r\n" in head
    assert seen == ["127.0.0.1"]


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


async def test_what_a_body_unpacks_to_is_held_against_the_budget(
    server: HttpServer, port: int
) -> None:
    client = await _connected(port)
    await client.send(INFER)
    assert await client.status() == 200
    assert server._connections
    server._connections._bodies = bodies = Admission(1_000_000)
    bomb = gzip.compress(bytes(30 << 20))
    head, _, _ = CHUNKED.partition(b"Transfer-Encoding")
    told = b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    await client.send(head + told + bomb)
    assert (await client.answer())[0] == 429
    assert bodies._left == 1_000_000


async def test_a_body_that_comes_byte_by_byte_is_given_up(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_connections, "_BODY_SECONDS", 0.2)
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
    monkeypatch.setattr(http_connections, "_UNREAD_SECONDS", 0.1)
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


async def test_an_answer_holds_memory_and_keeps_the_server_open_until_it_is_sent(
    server: HttpServer, port: int
) -> None:
    slow, quick = await _connected(port), await _connected(port)
    await slow.send(INFER)
    await slow.reader.readuntil(b"HTTP")
    slow.writer.transport.pause_reading()  # type: ignore[attr-defined]  # of the whole connection
    await quick.send(INFER)
    async with asyncio.timeout(20):
        assert await quick.status() == 429
    stopping = asyncio.create_task(server.stop(20))
    await asyncio.wait([stopping], timeout=0.2)
    assert not stopping.done()
    slow.writer.transport.resume_reading()  # type: ignore[attr-defined]
    async with asyncio.timeout(20):
        assert await slow.status() == 200
        await stopping


async def test_what_a_sent_answer_held_is_free_again(port: int) -> None:
    client = await _connected(port)
    async with asyncio.timeout(60):
        for _ in range(3):
            await client.send(INFER)
            assert await client.status() == 200


@pytest.mark.parametrize(
    ("host", "status"), [(b"Host: here\r\n", 200), (b"Host: evil.example\r\n", 400), (b"", 200)]
)
async def test_it_answers_to_its_own_names_and_to_who_names_none(
    port: int, host: bytes, status: int
) -> None:
    client = await _connected(port)
    await client.send(b"GET /v2 HTTP/1.%d\r\n%b\r\n" % (1 if host else 0, host))
    async with asyncio.timeout(20):
        told, document = await client.answer()
    assert told == status
    assert status == 200 or document == {"error": "Not here."}


@pytest.mark.parametrize("begun", [b"", b"GET /v2 HTTP/1.1\r\nX-Slow:"])
async def test_who_comes_when_all_wait_has_the_place_of_who_waits_longest(
    port: int, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(http_connections, "MAX_CONNECTIONS", 3)
    asking, first, second = await _connected(port), await _connected(port), await _connected(port)
    async with asyncio.timeout(20):
        for client in (first, second):
            await client.send(begun)
        await asking.send(LISTING)
        assert await asking.status() == 200
        for _ in range(2):
            client = await _connected(port)
            await client.send(LISTING)
            assert await client.status() == 200
        assert await first.closes()
        assert await second.closes()
        await asking.send(LISTING)
        assert await asking.status() == 200


async def test_who_comes_when_each_has_a_request_is_closed(
    port: int, asked: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_connections, "MAX_CONNECTIONS", 1)
    async with asyncio.timeout(20):
        busy = await _connected(port)
        await busy.send(CHUNKED)
        await asked.wait()
        assert await (await _connected(port)).closes()
        await busy.send(b"0\r\n\r\n")
        assert await busy.status() == 400


async def _head(port: int, request: bytes) -> list[bytes]:
    client = await _connected(port)
    await client.send(request)
    async with asyncio.timeout(20):
        return (await client.reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /v2 HTTP/1.1\r\nHost: here\r\n", b"200"),
        (b"GET /v2 HTTP/1.1\r\nHost: evil.example\r\n", b"400"),
        (b"DELETE /v2 HTTP/1.1\r\nHost: here\r\n", b"405"),
        (b"GET /v2/moon HTTP/1.1\r\nHost: here\r\n", b"404"),
    ],
)
async def test_a_page_that_is_allowed_reads_answers_and_refusals(
    port: int, request_: bytes, status: bytes
) -> None:
    head = await _head(port, request_ + f"Origin: {GALLERY}\r\n\r\n".encode())
    assert head[0].split()[1] == status
    assert f"access-control-allow-origin: {GALLERY}".encode() in head
    other = await _head(port, request_ + b"Origin: https://other.example\r\n\r\n")
    assert other[0].split()[1] == status
    assert b"vary: origin" in other
    assert not [line for line in other if line.startswith(b"access-control")]


async def test_a_browser_is_told_before_it_sends_what_it_may(port: int) -> None:
    asked = b"OPTIONS /v2/models/adder/infer HTTP/1.1\r\nHost: here\r\n"
    asked += b"Access-Control-Request-Method: POST\r\nOrigin: %b\r\n\r\n"
    head = await _head(port, asked % GALLERY.encode())
    assert head[0].split()[1] == b"204"
    assert b"access-control-allow-methods: get, head, post, put, delete" in head
    other = await _head(port, asked % b"https://other.example")
    assert other[0].split()[1] == b"405"


async def _send_for_ever(client: Connection) -> None:
    while True:
        await client.send(LISTING * 1000)


async def test_what_comes_first_and_all_at_once_is_served_and_who_has_gone_is_not_missed(
    port: int,
) -> None:
    gone, *clients = [await _connected(port) for _ in range(4)]
    gone.writer.transport.abort()
    for client in clients:
        await client.send(LISTING)
    async with asyncio.timeout(20):
        assert [(await client.answer())[0] for client in clients] == [200] * 3


async def test_a_server_that_nobody_has_asked_stops_at_once(server: HttpServer, port: int) -> None:
    async with asyncio.timeout(20):
        await server.stop(20)
    with pytest.raises(ConnectionError):
        await _connected(port)


async def test_who_comes_just_before_a_server_stops_is_hung_up_on(
    server: HttpServer, port: int
) -> None:
    client = await _connected(port)
    async with asyncio.timeout(20):
        await server.stop(0)
        assert await client.closes()


async def test_where_nothing_can_be_served_nobody_waits_and_the_next_one_tries_again(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(http_server, "_SERVES", "inference.oip.no_such_module")
        client = await _connected(port)
        async with asyncio.timeout(20):
            assert await client.closes()
    client = await _connected(port)
    await client.send(LISTING)
    async with asyncio.timeout(20):
        assert (await client.answer())[0] == 200
