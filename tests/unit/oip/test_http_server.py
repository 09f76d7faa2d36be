"""A worker's own HTTP server, over a real socket."""

import asyncio

import pytest

from inference.oip import http_server
from inference.oip.access import Caller
from inference.oip.errors import ProtocolError, Status
from inference.oip.http_server import HttpServer
from tests.unit.oip.raw_http import GALLERY, LISTING, connect


async def test_who_asks_is_told_apart_by_address(
    port: int, server: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str | None] = []

    async def noted(token: str, address: str | None) -> Caller:
        seen.append(address)
        raise ProtocolError(Status.RESOURCE_EXHAUSTED, "Too many.", retry_after=17)

    monkeypatch.setattr(server, "_serves", (server._serves[0], noted, *server._serves[2:]))
    connection = await connect(port)
    await connection.send(LISTING.replace(b"/v2", b"/v2/models/adder"))
    head = (await connection.reader.readuntil(b"\r\n\r\n")).decode()
    assert head.startswith("HTTP/1.1 429")
    assert "\r\nRetry-After: 17\r\n" in head
    assert seen == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("host", "status"), [(b"Host: here\r\n", 200), (b"Host: evil.example\r\n", 400), (b"", 200)]
)
async def test_it_answers_to_its_own_names_and_to_who_names_none(
    port: int, host: bytes, status: int
) -> None:
    client = await connect(port)
    await client.send(b"GET /v2 HTTP/1.%d\r\n%b\r\n" % (1 if host else 0, host))
    async with asyncio.timeout(20):
        told, document = await client.answer()
    assert told == status
    assert status == 200 or document == {"error": "Not here."}


async def _head(port: int, request: bytes) -> list[bytes]:
    client = await connect(port)
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


async def test_what_comes_first_and_all_at_once_is_served_and_who_has_gone_is_not_missed(
    port: int,
) -> None:
    gone, *clients = [await connect(port) for _ in range(4)]
    gone.writer.transport.abort()
    for client in clients:
        await client.send(LISTING)
    async with asyncio.timeout(20):
        assert [(await client.answer())[0] for client in clients] == [200] * 3


async def test_a_server_that_nobody_has_asked_stops_at_once(server: HttpServer, port: int) -> None:
    async with asyncio.timeout(20):
        await server.stop(20)
    with pytest.raises(ConnectionError):
        await connect(port)


async def test_who_comes_just_before_a_server_stops_is_hung_up_on(
    server: HttpServer, port: int
) -> None:
    client = await connect(port)
    async with asyncio.timeout(20):
        await server.stop(0)
        assert await client.closes()


async def test_where_nothing_can_be_served_nobody_waits_and_the_next_one_tries_again(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(http_server, "_SERVES", "inference.oip.no_such_module")
        client = await connect(port)
        async with asyncio.timeout(20):
            assert await client.closes()
    client = await connect(port)
    await client.send(LISTING)
    async with asyncio.timeout(20):
        assert (await client.answer())[0] == 200
