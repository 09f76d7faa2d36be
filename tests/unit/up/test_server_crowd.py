"""Many connections at a time: who comes is answered in the place of who waits without a request."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest
from websockets.sync.client import connect

from tests.unit.up.raw_requests import body_of
from tests.unit.up.toys import ToyServer, read_all

Start = Callable[..., ToyServer]
REQUEST = b"GET /next HTTP/1.1\r\nHost: a\r\n"
ANSWER = b"HTTP/1.1 200 "


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    """Closes what was opened."""
    with ExitStack() as stack:
        yield stack


def strangers(server: ToyServer, opened: ExitStack, count: int) -> list[socket.socket]:
    """Silent connections from another address."""
    where, here = ("127.0.0.1", server.port), ("127.0.0.2", 0)
    return [
        opened.enter_context(socket.create_connection(where, 10, source_address=here))
        for _ in range(count)
    ]


def answers(connection: socket.socket, request: bytes = REQUEST + b"\r\n") -> bool:
    """Whether this connection is answered, and stays."""
    connection.sendall(request)
    received = b""
    while not received.endswith(b"0\r\n\r\n"):
        piece = connection.recv(65_536)
        if not piece:
            return False
        received += piece
    return received.startswith(ANSWER)


def silent(server: ToyServer, opened: ExitStack, count: int) -> list[socket.socket]:
    """Silent connections from the address of the tests."""
    return [opened.enter_context(server.connect()) for _ in range(count)]


@pytest.mark.parametrize(
    ("begun", "rest"),
    [(b"", REQUEST + b"\r\n"), (b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow:", b" x\r\n\r\n")],
)
def test_an_address_that_has_all_its_connections_loses_the_one_that_waits_longest(
    toy_server: Start, opened: ExitStack, begun: bytes, rest: bytes
) -> None:
    server = toy_server(connections=3)
    first, second, third = silent(server, opened, 3)
    for one in (first, second, third):
        one.sendall(begun)
    assert server.talk(REQUEST + b"Connection: close\r\n\r\n").startswith(ANSWER)
    assert read_all(first) == b""
    assert all(answers(one, rest) for one in (second, third))


def test_who_fills_the_server_with_silence_keeps_nobody_else_out(
    toy_server: Start, opened: ExitStack
) -> None:
    server = toy_server(in_all=5)
    idle = strangers(server, opened, 8)
    # Those that were let in first have made room for the last ones.
    assert [read_all(one) for one in idle[:3]] == [b""] * 3
    assert httpx.get(server.url).status_code == 200
    assert read_all(idle[3]) == b""


def test_a_connection_is_kept_alive_until_somebody_needs_its_place(
    toy_server: Start, opened: ExitStack
) -> None:
    server = toy_server(connections=2)
    with httpx.Client() as kept:
        for _ in range(2):
            assert kept.get(server.url).status_code == 200
        (other,) = silent(server, opened, 1)
        assert answers(other)
        assert server.talk(REQUEST + b"Connection: close\r\n\r\n").startswith(ANSWER)
        assert kept.get(server.url).status_code == 200  # over a new one


@pytest.mark.parametrize(
    ("options", "status"), [({"connections": 2}, b"429"), ({"in_all": 2}, b"503")]
)
def test_where_each_has_a_request_who_comes_is_told_to_try_again(
    toy_server: Start, opened: ExitStack, options: dict[str, int], status: bytes
) -> None:
    server = toy_server(**options)
    busy = silent(server, opened, 2)
    for one in busy:
        one.sendall(b"POST /hold HTTP/1.1\r\nHost: a\r\n\r\n")
        server.lines.until("held")
    answer = server.talk(REQUEST + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b"\r\nRetry-After: 5\r\n" in answer
    assert body_of(answer)["code"] == "too_many_connections"
    for one in busy:
        one.close()
        server.lines.until("left")
    assert httpx.get(server.url).status_code == 200


def test_a_websocket_keeps_its_places(toy_server: Start, opened: ExitStack) -> None:
    server = toy_server(in_all=2, connections=2)
    with connect(f"ws://127.0.0.1:{server.port}/") as websocket:
        websocket.recv()
        first, second, third = (silent(server, opened, 1)[0] for _ in range(3))
        assert read_all(first) == read_all(second) == b""
        assert answers(third)
        websocket.ping().wait(10)
    server.lines.until("left")
    (fourth,) = silent(server, opened, 1)
    assert answers(third)
    assert answers(fourth)


def test_behind_proxies_what_waits_makes_room_and_no_address_is_blamed(
    toy_server: Start, opened: ExitStack
) -> None:
    server = toy_server(in_all=3, connections=1, trusted_proxies=1)
    idle = silent(server, opened, 3)
    told = httpx.get(server.url, headers={"X-Forwarded-For": "9.9.9.9"})
    assert told.status_code == 200
    assert read_all(idle[0]) == b""
