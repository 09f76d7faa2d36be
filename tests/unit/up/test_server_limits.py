"""No request costs more memory, disk or time than it may."""

import json
import socket
import time
from collections.abc import Callable

import httpx

from tests.unit.up.toys import ToyServer, read_all

Start = Callable[..., ToyServer]


def test_a_body_that_declares_too_much_is_refused_before_a_byte_of_it(toy_server: Start) -> None:
    server = toy_server()
    head = b"POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 10001\r\n\r\n"
    answer = server.talk(head)
    first, _, body = answer.partition(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in answer
    assert json.loads(body) == {
        "code": "too_large",
        "message": "A request here may hold 10000 bytes at most.",
    }
    assert server.access_line()["status"] == 413


def test_a_client_that_goes_on_sending_still_sees_the_refusal(toy_server: Start) -> None:
    server = toy_server()
    body = b"x" * 5_000_000
    head = f"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n"
    assert server.talk(head.encode() + body).startswith(b"HTTP/1.1 413 ")


def test_a_chunked_body_is_refused_as_soon_as_it_is_too_long(toy_server: Start) -> None:
    server = toy_server()
    with server.connect() as connection:
        connection.sendall(b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        connection.sendall(b"1388\r\n" + b"x" * 5000 + b"\r\n")
        connection.sendall(b"1389\r\n" + b"x" * 5001 + b"\r\n0\r\n\r\n")
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.count(b"HTTP/1.1") == 1
    assert server.access_line()["status"] == 413
    # The application never saw the body that was cut short.
    httpx.get(f"{server.url}/next")
    assert server.access_line()["path"] == "/next"


def test_each_kind_of_path_has_its_own_limit(toy_server: Start) -> None:
    server = toy_server(uploads=50_000)
    body = b"x" * 50_000
    assert httpx.post(f"{server.url}/api/uploads/", content=body).json() == {"received": 50_000}
    assert httpx.post(f"{server.url}/v2/models/a/infer", content=body).status_code == 200
    assert httpx.post(f"{server.url}/api/uploads/", content=body + b"x").status_code == 413
    assert httpx.post(f"{server.url}/api/images/", content=body).status_code == 413


def test_the_inference_protocol_is_refused_in_its_own_shape(toy_server: Start) -> None:
    answer = toy_server().talk(
        b"POST /v2/models/a/infer HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n"
    )
    body = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert body == {"error": "A request here may hold 67108864 bytes at most."}


def test_a_large_multipart_upload_stays_on_disk(toy_server: Start) -> None:
    server = toy_server(uploads=200_000_000)
    httpx.post(f"{server.url}/api/uploads/", content=b"warm")
    before = httpx.get(f"{server.url}/memory").json()["peak"]
    photo = b"\0" * 60_000_000
    response = httpx.post(f"{server.url}/api/uploads/", files={"images": ("a.jpg", photo)})
    assert response.json()["received"] > 60_000_000
    assert httpx.get(f"{server.url}/memory").json()["peak"] - before < 20_000_000


def test_headers_that_trickle_in_are_cut_off(toy_server: Start) -> None:
    server = toy_server(headers=0.5)
    with server.connect() as connection:
        started = time.monotonic()
        connection.sendall(b"GET / HTTP/1.1\r\n")
        connection.settimeout(0.1)
        answer = trickle(connection, b"X-Slow: " + b"x" * 1000)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code": "request_timeout"' in answer
    assert time.monotonic() - started < 5


def test_a_body_that_trickles_in_is_cut_off(toy_server: Start) -> None:
    server = toy_server(request=0.5)
    with server.connect() as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
        connection.settimeout(0.1)
        started = time.monotonic()
        answer = trickle(connection, b"x" * 1000)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - started < 10


def test_a_body_that_drips_is_cut_off_long_before_its_time(toy_server: Start) -> None:
    server = toy_server(stall=0.5)
    with server.connect() as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n")
        connection.settimeout(0.1)
        answer = trickle(connection, b"x" * 9000)
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_body_that_keeps_its_pace_is_not_cut_off(toy_server: Start) -> None:
    server = toy_server(stall=0.4, uploads=100_000)
    with server.connect() as connection:
        head = b"POST /api/uploads/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        connection.sendall(head + b"Content-Length: 80000\r\n\r\n")
        for _ in range(10):
            connection.sendall(b"x" * 8_000)
            time.sleep(0.1)
        assert b'{"received": 80000}' in read_all(connection)


def test_a_silent_body_is_cut_off(toy_server: Start) -> None:
    server = toy_server(idle=0.5)
    answer = server.talk(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhalf")
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_connection_without_a_request_is_closed_without_an_answer(toy_server: Start) -> None:
    assert toy_server(headers=0.3).talk(b"") == b""


def test_a_slow_answer_is_not_cut_off(toy_server: Start) -> None:
    server = toy_server(headers=0.3, request=0.3, idle=0.3)
    assert httpx.get(f"{server.url}/slow").json() == {"done": True}


def test_a_client_that_does_not_read_holds_little_memory_and_not_for_ever(
    toy_server: Start,
) -> None:
    server = toy_server(idle=1)
    with server.connect() as connection:
        connection.sendall(b"GET /flood HTTP/1.1\r\nHost: a\r\n\r\n")
        line = server.access_line()
    assert line["status"] == 499
    # The kernel's buffers take some megabytes, the server's own hardly any of the 64.
    assert line["bytes"] < 32_000_000


def trickle(connection: socket.socket, content: bytes) -> bytes:
    """Sends `content` a byte at a time until the server answers; the answer."""
    for byte in content:
        connection.sendall(bytes([byte]))
        try:
            first = connection.recv(65_536)
        except TimeoutError:
            continue
        connection.settimeout(10)
        return first + read_all(connection)
    raise AssertionError("everything was sent and nothing was cut")
