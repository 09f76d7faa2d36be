"""Bodies and heads of whatever framing: read to their end, or refused."""

import hashlib
from typing import Any

import httpx
import pytest

from tests.unit.up.raw_requests import CHUNKED, Start, body_of, head


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
