"""What the server itself answers, logs and believes."""

import json
from collections.abc import Callable

import httpx
import pytest
from websockets.sync.client import connect

from tests.unit.up.toys import ToyServer

Start = Callable[..., ToyServer]


def test_a_malformed_request_is_answered_in_json(toy_server: Start) -> None:
    answer = toy_server().talk(b"nonsense\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    body = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert body == {"code": "bad_request", "message": "The request is malformed."}


def test_an_exception_in_the_application_is_answered_in_json(toy_server: Start) -> None:
    response = httpx.get(f"{toy_server().url}/crash")
    assert response.status_code == 500
    assert response.json() == {
        "code": "internal_error",
        "message": "Exception inside application.",
    }


def test_an_answer_that_breaks_off_does_not_look_complete(toy_server: Start) -> None:
    server = toy_server()
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        httpx.get(f"{server.url}/crash-late")
    assert httpx.get(f"{server.url}/crash").status_code == 500


def test_every_request_is_one_line_without_its_query(toy_server: Start) -> None:
    server = toy_server()
    httpx.post(f"{server.url}/a?token=secret", content=b"12345")
    assert server.access_line() == {
        "method": "POST",
        "path": "/a",
        "status": 200,
        "client": "127.0.0.1",
        "bytes": len(b'{"received": 5}'),
    }


def test_a_kept_connection_serves_one_request_after_the_other(toy_server: Start) -> None:
    server = toy_server()
    two = (
        b"GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )
    answer = server.talk(two)
    assert answer.count(b"HTTP/1.1 200 ") == 2


def test_the_answer_to_head_has_no_body_however_large_it_would_be(toy_server: Start) -> None:
    server = toy_server()
    two = (
        b"HEAD /pieces HTTP/1.1\r\nHost: a\r\n\r\n"
        b"GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )
    first, body, *_ = server.talk(two).split(b"\r\n\r\n")
    assert b"Content-Length: 196608" in first
    assert body.startswith(b"HTTP/1.1 200 ")


def test_forwarding_headers_are_not_believed_without_trusted_proxies(toy_server: Start) -> None:
    headers = {"X-Forwarded-For": "9.9.9.9", "X-Forwarded-Proto": "https"}
    scope = httpx.get(f"{toy_server().url}/scope", headers=headers).json()
    assert scope["client"][0] == "127.0.0.1"
    assert scope["scheme"] == "http"


@pytest.mark.parametrize(
    ("trusted", "forwarded", "client", "scheme"),
    [
        (1, "6.6.6.6, 9.9.9.9", "9.9.9.9", "https"),
        (2, "6.6.6.6, 9.9.9.9, 10.0.0.1", "9.9.9.9", "http"),
        (2, "9.9.9.9", "9.9.9.9", "http"),
        (1, "2001:db8::1", "2001:db8::1", "https"),
        (1, "nonsense", "127.0.0.1", "http"),
    ],
)
def test_only_what_trusted_proxies_said_is_believed(
    toy_server: Start, trusted: int, forwarded: str, client: str, scheme: str
) -> None:
    server = toy_server(trusted_proxies=trusted)
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "http, https"}
    scope = httpx.get(f"{server.url}/scope", headers=headers).json()
    assert scope["client"][0] == client
    assert scope["scheme"] == scheme
    assert server.access_line()["client"] == client


def test_a_websocket_behind_a_tls_proxy_knows_that_it_is_secure(toy_server: Start) -> None:
    server = toy_server(trusted_proxies=1)
    headers = {"X-Forwarded-For": "9.9.9.9", "X-Forwarded-Proto": "https"}
    with connect(f"ws://127.0.0.1:{server.port}/ws", additional_headers=headers) as websocket:
        assert json.loads(websocket.recv()) == {"scheme": "wss"}
    line = server.access_line()
    assert (line["path"], line["status"], line["client"]) == ("/ws", 101, "9.9.9.9")


def handshake(path: bytes, *headers: bytes) -> bytes:
    lines = [
        *(b"GET " + path + b" HTTP/1.1", b"Host: a", b"Upgrade: websocket", b"Connection: Upgrade"),
        *(b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", b"Sec-WebSocket-Version: 13", *headers),
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (handshake(b"/denied"), 404),
        (handshake(b"/refused"), 403),
        (handshake(b"/%ff"), 101),
        (handshake(b"/\xff"), 400),
        (handshake(b"/?\xff"), 400),
        (handshake(b"/", b"Sec-WebSocket-Protocol: \xe9"), 400),
        (handshake(b"/", "Sec-WebSocket-Protocol: 사".encode()), 400),
        (handshake(b"/", b"Sec-WebSocket-Protocol: %ff"), 101),
        (handshake(b"/", b"X-Name: \xe9\xff"), 101),
        (handshake(b"/", b"Origin: \xe9"), 400),
        (handshake(b"/").replace(b"GET", b"POST"), 200),
        (handshake(b"/").replace(b": 13", b": 99"), 400),
    ],
)
def test_a_handshake_that_is_refused_breaks_nothing(
    toy_server: Start, sent: bytes, status: int
) -> None:
    server = toy_server()
    with server.connect() as connection:
        connection.sendall(sent)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 %d " % status)
    assert httpx.get(f"{server.url}/a").status_code == 200
    server.terminate()
    assert not [line for line in server.lines.rest() if "Traceback" in line]


def test_a_refusal_names_the_client_behind_the_proxy(toy_server: Start) -> None:
    server = toy_server(trusted_proxies=1)
    headers = {"X-Forwarded-For": "9.9.9.9"}
    assert httpx.post(f"{server.url}/closed", content=b"x", headers=headers).status_code == 401
    assert server.access_line()["client"] == "9.9.9.9"
