"""Bodies: judged by their heads, of whatever framing, held on the disk within a budget."""

import hashlib
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.unit.up.toys import ToyServer, read_all

Start = Callable[..., ToyServer]
CHUNKED = b"Transfer-Encoding: chunked\r\n"
ELSEWHERE = b"X-Forwarded-For: 9.9.9.9"


def head(path: str, *headers: bytes) -> bytes:
    lines = b"".join(header if header.endswith(b"\r\n") else header + b"\r\n" for header in headers)
    return f"POST {path} HTTP/1.1\r\nHost: a\r\n".encode() + lines + b"\r\n"


def body_of(answer: bytes) -> dict[str, Any]:
    """The JSON of an answer, chunked or not."""
    content: dict[str, Any] = json.loads(answer[answer.index(b'{"') : answer.rindex(b"}") + 1])
    return content


def admitted(server: ToyServer, path: str, length: int) -> socket.socket:
    """A connection whose body of `length` bytes may come."""
    connection = server.connect()
    declared = f"Content-Length: {length}".encode()
    connection.sendall(head(path, declared, b"Expect: 100-continue", b"Connection: close"))
    assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    return connection


def until_held(server: ToyServer) -> socket.socket:
    """A connection whose request the application holds."""
    connection = server.connect()
    connection.sendall(head("/hold", b"Content-Length: 3") + b"abc")
    server.lines.until("held")
    return connection


# By the head


def test_what_is_not_wanted_is_refused_before_its_body_is_asked_for(toy_server: Start) -> None:
    answer = toy_server().talk(head("/closed", b"Expect: 100-continue", b"Content-Length: 9999"))
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"100 Continue" not in answer
    assert body_of(answer) == {"code": "closed", "message": "127.0.0.1 is not let in."}


def test_what_is_wanted_is_asked_for_after_it_was_judged(toy_server: Start) -> None:
    with admitted(toy_server(), "/x", 5) as connection:
        connection.sendall(b"hello")
        assert body_of(read_all(connection)) == {"received": 5}


def test_a_body_that_comes_with_its_head_is_kept_until_the_head_is_judged(
    toy_server: Start,
) -> None:
    server = toy_server(uploads=10_000_000)
    content = b"x" * 5_000_000
    sent = head("/api/uploads/", f"Content-Length: {len(content)}".encode(), b"Connection: close")
    assert body_of(server.talk(sent + content)) == {"received": 5_000_000}


def test_nothing_of_an_unwanted_body_reaches_the_disk(toy_server: Start, tmp_path: Path) -> None:
    server = toy_server(spool=str(tmp_path / "spool"))
    sent = head("/closed", b"Content-Length: 900000") + b"x" * 900_000
    assert server.talk(sent).startswith(b"HTTP/1.1 401 ")
    assert not (tmp_path / "spool").exists()


# Framing


def test_a_chunked_body_has_a_length_once_it_is_whole(toy_server: Start) -> None:
    def pieces() -> Any:
        yield b"a" * 3000
        yield b"b" * 4000

    told = httpx.post(f"{toy_server().url}/take", content=pieces()).json()
    assert told["sha256"] == hashlib.sha256(b"a" * 3000 + b"b" * 4000).hexdigest()
    assert told["headers"]["content-length"] == "7000"
    assert "transfer-encoding" not in told["headers"]


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        (b"5;name=value\r\nhello\r\n0\r\n\r\n", 5),
        (b"5\r\nhello\r\n0\r\nX-Trailer: 1\r\nX-Other: 2\r\n\r\n", 5),
        (b"0\r\n\r\n", 0),
        (b"00005\r\nhello\r\n000\r\n\r\n", 5),
    ],
)
def test_chunk_extensions_and_trailers_are_read_over(
    toy_server: Start, sent: bytes, received: int
) -> None:
    answer = toy_server().talk(head("/x", CHUNKED, b"Connection: close") + sent)
    assert body_of(answer) == {"received": received}


def test_a_body_in_very_many_very_small_chunks_is_refused(toy_server: Start) -> None:
    server = toy_server()
    start, end = head("/x", CHUNKED, b"Connection: close"), b"0\r\n\r\n"
    assert body_of(server.talk(start + b"1\r\nx\r\n" * 900 + end)) == {"received": 900}
    fair = b"40\r\n" + b"x" * 64 + b"\r\n"
    assert body_of(server.talk(start + fair * 156 + end)) == {"received": 9984}
    answer = server.talk(start + b"1\r\nx\r\n" * 5_000 + end)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert body_of(answer)["code"] == "chunks_too_small"


@pytest.mark.parametrize(
    ("headers", "sent", "status"),
    [
        ([CHUNKED, b"Content-Length: 5"], b"5\r\nhello\r\n0\r\n\r\n", 400),
        ([b"Content-Length: 5", CHUNKED], b"5\r\nhello\r\n0\r\n\r\n", 400),
        ([b"Content-Length: 5", b"Content-Length: 6"], b"hello!", 400),
        ([b"Content-Length: +5"], b"hello", 400),
        ([b"Content-Length: " + b"9" * 5000], b"hello", 400),
        ([b"Content-Length: 99999999999999999"], b"hello", 413),
        ([CHUNKED], b"x\r\nhello\r\n0\r\n\r\n", 400),
        ([CHUNKED], b"5\r\nhello!\r\n0\r\n\r\n", 400),
        ([b"Transfer-Encoding: gzip, chunked"], b"0\r\n\r\n", 501),
        ([b"Transfer-Encoding: identity", b"Content-Length: 5"], b"hello", 501),
    ],
)
def test_a_body_whose_end_is_in_doubt_is_refused(
    toy_server: Start, headers: list[bytes], sent: bytes, status: int
) -> None:
    answer = toy_server().talk(head("/x", *headers) + sent)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert answer.count(b"HTTP/1.1") == 1


def test_bytes_beyond_the_length_are_not_taken_for_the_body(toy_server: Start) -> None:
    answer = toy_server().talk(head("/x", b"Content-Length: 5") + b"hello, and more\r\n\r\n")
    assert b'{"received": 5}' in answer
    assert answer.count(b"HTTP/1.1") == 2
    assert b"HTTP/1.1 400 " in answer


@pytest.mark.parametrize("target", ["http://elsewhere:81/take?a=1", "HTTP://elsewhere:81/take"])
def test_an_absolute_target_is_its_path_at_its_host(toy_server: Start, target: str) -> None:
    request = f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    told = body_of(toy_server().talk(request.encode()))
    assert told["path"] == "/take"
    assert told["headers"]["host"] == "elsewhere:81"


def test_headers_and_first_lines_that_are_too_large_are_told_so(toy_server: Start) -> None:
    server = toy_server()
    long = b"x" * 20_000
    for sent, status, code in (
        (b"GET /" + long + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, "uri_too_long"),
        (b"GET /" + b"x" * 16_380 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, "uri_too_long"),
        (b"GET / HTTP/1.1\r\nX: " + long + b"\r\n\r\n", 431, "headers_too_large"),
        (b"GET / HTTP/1.1\r\n" + b"X: 123456789\r\n" * 2_000 + b"\r\n", 431, "headers_too_large"),
        (b"GET / HTTP/1.1\r\n" + b"X: 1\r\n" * 600 + b"\r\n", 431, "headers_too_large"),
    ):
        answer = server.talk(sent)
        assert answer.startswith(f"HTTP/1.1 {status} ".encode()), sent[:40]
        assert body_of(answer)["code"] == code


def test_a_post_that_asks_for_a_websocket_is_a_post(toy_server: Start) -> None:
    server = toy_server()
    headers = [b"Upgrade: websocket", b"Connection: Upgrade, close", b"Content-Length: 5"]
    answer = server.talk(head("/x", *headers) + b"hello")
    assert b'{"received": 5}' in answer


def test_a_broken_handshake_is_refused_and_nothing_else(toy_server: Start) -> None:
    server = toy_server()
    answer = server.talk(
        b"GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 400 ")
    server.terminate()
    assert not [line for line in server.lines.rest() if "Error" in line]


# The disk


def test_bodies_beyond_the_budget_are_told_to_come_again(toy_server: Start) -> None:
    server = toy_server(uploads=400_000, incoming_bytes=300_000, trusted_proxies=1)
    with admitted(server, "/api/uploads/", 350_000) as first:
        declared = server.talk(head("/api/uploads/", ELSEWHERE, b"Content-Length: 99999"))
        chunked = server.talk(
            head("/api/uploads/", ELSEWHERE, CHUNKED) + b"1d4c0\r\n" + b"x" * 120_000
        )
        # What needs no disk needs no room: people may still sign in.
        assert httpx.post(f"{server.url}/x", content=b"x" * 9999).json() == {"received": 9999}
        first.sendall(b"x" * 350_000)
        assert body_of(read_all(first)) == {"received": 350_000}
    for answer in (declared, chunked):
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"\r\nRetry-After: 5\r\n" in answer
        assert body_of(answer)["code"] == "busy"
    # What was held is free again.
    assert httpx.post(f"{server.url}/api/uploads/", content=b"x" * 350_000).status_code == 200


def test_what_one_address_announces_leaves_room_for_others(toy_server: Start) -> None:
    server = toy_server(uploads=400_000, incoming_bytes=1_000_000, trusted_proxies=1)
    length = b"Content-Length: 350000"
    with admitted(server, "/api/uploads/", 350_000):
        declared = server.talk(head("/api/uploads/", length))
        chunked = server.talk(
            head("/api/uploads/", CHUNKED) + b"".join(3 * [b"1d4c0\r\n" + b"x" * 120_000 + b"\r\n"])
        )
        for answer in (declared, chunked):
            assert answer.startswith(b"HTTP/1.1 429 ")
            assert b"\r\nRetry-After: 5\r\n" in answer
            assert body_of(answer)["code"] == "too_many_requests"
        other = server.talk(
            head("/api/uploads/", ELSEWHERE, length, b"Connection: close") + b"x" * 350_000
        )
        assert body_of(other) == {"received": 350_000}


def test_what_a_client_leaves_behind_is_given_back(toy_server: Start) -> None:
    server = toy_server(uploads=400_000, incoming_bytes=300_000)
    with server.connect() as broken_off:
        broken_off.sendall(head("/api/uploads/", b"Content-Length: 350000") + b"x" * 250_000)
    until_held(server).close()
    server.lines.until("left")
    assert httpx.post(f"{server.url}/api/uploads/", content=b"x" * 350_000).status_code == 200


@pytest.mark.parametrize("kind", ["full", "missing"])
def test_a_disk_that_takes_no_body_is_no_fault_of_the_server(
    toy_server: Start, tmp_path: Path, kind: str
) -> None:
    if kind == "full":
        server = toy_server(spool=str(tmp_path), largest_file=100_000)
    else:
        (tmp_path / "spool").write_text("a file where the folder should be")
        server = toy_server(spool=str(tmp_path / "spool"))
    answer = server.talk(head("/api/uploads/", b"Content-Length: 200000") + b"x" * 200_000)
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nRetry-After: 5\r\n" in answer
    assert body_of(answer)["code"] == "storage_unavailable"
    assert httpx.post(f"{server.url}/x", content=b"small").json() == {"received": 5}


# One address


def test_an_address_sends_so_many_bodies_at_a_time(toy_server: Start) -> None:
    server = toy_server(bodies=2)
    arriving = [admitted(server, "/x", 5) for _ in range(2)]
    answer = server.talk(head("/x", b"Content-Length: 5") + b"hello")
    assert answer.startswith(b"HTTP/1.1 429 ")
    assert body_of(answer)["code"] == "too_many_requests"
    for connection in arriving:
        with connection:
            connection.sendall(b"hello")
            assert body_of(read_all(connection)) == {"received": 5}
    assert httpx.post(f"{server.url}/x", content=b"hello").json() == {"received": 5}


def test_an_address_has_so_many_connections_at_a_time(toy_server: Start) -> None:
    server = toy_server(connections=2)
    first, second = server.connect(), server.connect()
    answer = server.talk(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 429 ")
    assert body_of(answer)["code"] == "too_many_connections"
    first.close()
    second.close()
    assert httpx.get(server.url).status_code == 200


def test_behind_a_proxy_it_is_the_clients_requests_that_count(toy_server: Start) -> None:
    server = toy_server(connections=1, trusted_proxies=1)
    with server.connect() as connection:
        request = "POST /hold HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n"
        connection.sendall(request.encode())
        server.lines.until("held")
        same = httpx.get(server.url, headers={"X-Forwarded-For": "9.9.9.9"})
        other = httpx.get(server.url, headers={"X-Forwarded-For": "8.8.8.8"})
    assert (same.status_code, other.status_code) == (429, 200)
    server.lines.until("left")
    with httpx.Client(headers={"X-Forwarded-For": "9.9.9.9"}) as client:
        assert [client.get(server.url).status_code for _ in range(3)] == [200, 200, 200]
