"""The load generator's own HTTP client."""

import pytest

from benchmarks.http_connection import whole

PLAIN = b"HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"


@pytest.mark.parametrize(
    ("received", "status", "body"),
    [(PLAIN, 202, b"hello"), (CHUNKED, 200, b"hello"), (EMPTY, 204, b"")],
)
def test_an_answer_is_whole_when_its_last_byte_is_there(
    received: bytes, status: int, body: bytes
) -> None:
    answer = whole(received)
    assert answer is not None
    assert (answer.status, answer.body) == (status, body)
    assert whole(received[:-1]) is None
