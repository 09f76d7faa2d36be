"""SIGTERM ends a server in order."""

import socket
import threading
import time
from collections.abc import Callable

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.unit.up.toys import ToyServer

Start = Callable[..., ToyServer]


def test_websockets_are_told_to_reconnect(toy_server: Start) -> None:
    server = toy_server()
    with connect(f"ws://127.0.0.1:{server.port}/ws") as websocket:
        websocket.recv()
        server.terminate()
        with pytest.raises(ConnectionClosed) as closed:
            websocket.recv(timeout=5)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert server.wait(5) == 0
    assert "left" in server.lines.rest()


def test_a_running_request_is_answered_and_no_new_one_accepted(toy_server: Start) -> None:
    server = toy_server()
    answers: list[httpx.Response] = []
    request = threading.Thread(target=lambda: answers.append(httpx.get(f"{server.url}/slow")))
    request.start()
    server.lines.until("slow")
    server.terminate()
    refused = until_refused(server.port)
    request.join(10)
    assert refused
    assert answers[0].json() == {"done": True}
    assert answers[0].headers["Connection"] == "close"
    assert server.wait(5) == 0


def test_idle_connections_do_not_delay_the_end(toy_server: Start) -> None:
    server = toy_server()
    with httpx.Client() as client, server.connect():
        client.get(f"{server.url}/a")
        server.terminate()
        assert server.wait(3) == 0


def test_what_never_ends_is_ended_after_the_drain(toy_server: Start) -> None:
    server = toy_server(drain=0.5)
    with server.connect() as connection:
        connection.sendall(b"GET /for-ever HTTP/1.1\r\nHost: a\r\n\r\n")
        server.lines.until("for-ever")
        server.terminate()
        assert server.wait(5) == 0


def until_refused(port: int) -> bool:
    """Whether a new connection is refused, once the server has had the time to hear its signal."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionResetError:
            continue
        except ConnectionRefusedError:
            return True
    return False
