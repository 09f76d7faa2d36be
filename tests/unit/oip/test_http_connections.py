"""What a client may cost a worker's own HTTP server, over a real socket."""

import asyncio
import gzip

import pytest

from inference.oip import http_connections, http_incoming
from inference.oip.admission import Admission
from inference.oip.http_server import HttpServer
from tests.unit.oip.raw_http import CHUNKED, INFER, LISTING, Connection, connect


async def test_malformed_chunks_are_refused_at_once_and_end_the_connection(
    port: int, asked: asyncio.Event
) -> None:
    client = await connect(port)
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
    client = await connect(port)
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
    monkeypatch.setattr(http_incoming, "_BODY_SECONDS", 0.2)
    client = await connect(port)
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
    client = await connect(port)
    client.writer.transport.pause_reading()  # type: ignore[attr-defined]  # of the whole connection
    async with asyncio.timeout(60):
        with pytest.raises(ConnectionError):
            await _send_for_ever(client)


async def test_who_reads_slowly_gets_every_answer(port: int) -> None:
    client = await connect(port)
    sending = asyncio.create_task(client.send(LISTING * 2000))
    async with asyncio.timeout(60):
        answers = [await client.answer() for _ in range(2000)]
        await sending
    assert {status for status, _ in answers} == {200}


async def test_an_answer_holds_memory_and_keeps_the_server_open_until_it_is_sent(
    server: HttpServer, port: int
) -> None:
    slow, quick = await connect(port), await connect(port)
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
    client = await connect(port)
    async with asyncio.timeout(60):
        for _ in range(3):
            await client.send(INFER)
            assert await client.status() == 200


@pytest.mark.parametrize("begun", [b"", b"GET /v2 HTTP/1.1\r\nX-Slow:"])
async def test_who_comes_when_all_wait_has_the_place_of_who_waits_longest(
    port: int, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(http_connections, "MAX_CONNECTIONS", 3)
    asking, first, second = await connect(port), await connect(port), await connect(port)
    async with asyncio.timeout(20):
        for client in (first, second):
            await client.send(begun)
        await asking.send(LISTING)
        assert await asking.status() == 200
        for _ in range(2):
            client = await connect(port)
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
        busy = await connect(port)
        await busy.send(CHUNKED)
        await asked.wait()
        assert await (await connect(port)).closes()
        await busy.send(b"0\r\n\r\n")
        assert await busy.status() == 400


async def _send_for_ever(client: Connection) -> None:
    while True:
        await client.send(LISTING * 1000)
