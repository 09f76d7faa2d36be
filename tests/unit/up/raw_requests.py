"""Requests as they stand on the wire, and what their answers hold."""

import json
import socket
from collections.abc import Callable
from typing import Any

from tests.unit.up.toys import ToyServer

Start = Callable[..., ToyServer]
CHUNKED = b"Transfer-Encoding: chunked\r\n"


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
