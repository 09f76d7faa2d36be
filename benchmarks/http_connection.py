"""A small HTTP/1.1 client: the load must cost little beside what it loads."""

import asyncio
import contextlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Response:
    """An answer: its status, its head as bytes in lower case, its body."""

    status: int
    head: bytes
    body: bytes


class Dropped(ConnectionError):
    """The connection ended before the answer was whole."""


class HttpConnection:
    """One connection that is kept open and carries one request at a time."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._host = f"Host: {host}:{port}\r\n".encode()
        self._protocol: _Protocol | None = None

    async def request(
        self, method: str, path: str, headers: bytes = b"", body: bytes = b""
    ) -> Response:
        """Sends a request and gives the answer; `headers` are whole lines with their CRLF.

        Raises:
            Dropped: the server closed the connection first.
            OSError: it could not be opened.
        """
        if self._protocol is None or self._protocol.is_closed:
            loop = asyncio.get_running_loop()
            _, self._protocol = await loop.create_connection(_Protocol, *self._address)
        head = f"{method} {path} HTTP/1.1\r\n".encode() + self._host + headers
        return await self._protocol.send(b"%sContent-Length: %d\r\n\r\n" % (head, len(body)), body)

    def close(self) -> None:
        """Closes the connection."""
        if self._protocol is not None:
            self._protocol.close()


class _Protocol(asyncio.Protocol):
    def __init__(self) -> None:
        self.is_closed = False
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._answer: asyncio.Future[Response] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # a TCP connection
        self._transport = transport

    def send(self, head: bytes, body: bytes) -> "asyncio.Future[Response]":
        assert self._transport is not None  # noqa: S101  # connected
        self._received.clear()
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.writelines([head, body])
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._received += data
        if (response := whole(self._received)) is None:
            return
        if b"\r\nconnection: close" in response.head:
            self.close()
        self._settle(response)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_closed = True
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Dropped())

    def close(self) -> None:
        self.is_closed = True
        if self._transport is not None:
            self._transport.close()

    def _settle(self, response: Response) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(response)


def whole(received: bytearray | bytes) -> Response | None:
    """The answer in these bytes, or None while there is more to come."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(received[:end]).lower()
    status = int(head[9:12])
    body = bytes(received[end + 4 :])
    if b"\r\ntransfer-encoding: chunked" in head:
        return Response(status, head, _unchunked(body)) if body.endswith(b"0\r\n\r\n") else None
    length = 0
    with contextlib.suppress(IndexError):
        length = int(head.split(b"\r\ncontent-length:", 1)[1].split(b"\r\n", 1)[0])
    return Response(status, head, body) if len(body) >= length else None


def _unchunked(body: bytes) -> bytes:
    parts = []
    while body:
        size_line, body = body.split(b"\r\n", 1)
        size = int(size_line.split(b";")[0], 16)
        if not size:
            break
        parts.append(body[:size])
        body = body[size + 2 :]
    return b"".join(parts)
