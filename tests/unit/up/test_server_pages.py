"""What the server refuses by itself is read by pages of other origins as any answer is."""

from collections.abc import Callable

import pytest

from tests.unit.up.toys import ToyServer

Start = Callable[..., ToyServer]
GALLERY = "https://gallery.example"


def refused(server: ToyServer, origin: str, request: bytes) -> tuple[bytes, list[bytes]]:
    """The status of an answer, and its headers in lower case."""
    line, _, rest = request.partition(b"\r\n")
    answer = server.talk(line + f"\r\nHost: a\r\nOrigin: {origin}\r\n".encode() + rest)
    status, *headers = answer.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
    return status.split()[1], headers


REFUSALS = [
    (b"413", b"POST /api/uploads/ HTTP/1.1\r\nContent-Length: 99999\r\n\r\n"),
    (b"413", b"POST /v2/models/a/infer HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"),
    (b"400", b"POST /api/uploads/ HTTP/1.1\r\nContent-Length: x\r\n\r\n"),
    (b"408", b"GET /api/uploads/ HTTP/1.1\r\nX-One: 1\r\nX-Slow:"),
    (b"500", b"GET /api/crash HTTP/1.1\r\nConnection: close\r\n\r\n"),
]


@pytest.mark.parametrize(("status", "request_"), REFUSALS)
def test_a_page_that_is_allowed_reads_it(toy_server: Start, status: bytes, request_: bytes) -> None:
    server = toy_server(origins=[GALLERY], uploads=1000, headers=1)
    told, headers = refused(server, GALLERY, request_)
    assert told == status
    assert b"access-control-allow-origin: https://gallery.example" in headers
    assert b"vary: origin" in headers


@pytest.mark.parametrize(
    ("origins", "origin", "path"),
    [
        ([GALLERY], "https://other.example", "/api/uploads/"),
        ([], GALLERY, "/api/uploads/"),
        ([GALLERY], GALLERY, "/admin/"),
    ],
)
def test_nobody_else_does(toy_server: Start, origins: list[str], origin: str, path: str) -> None:
    server = toy_server(origins=origins, uploads=1000)
    head = f"POST {path} HTTP/1.1\r\nContent-Length: 99999\r\n\r\n".encode()
    told, headers = refused(server, origin, head)
    assert told == b"413"
    assert not [line for line in headers if line.startswith(b"access-control")]
