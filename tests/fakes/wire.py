"""HTTP/1.1 and websockets over one asyncio stream: just enough for a fake server."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.frames import Close, CloseCode, Frame, Opcode
from websockets.http11 import Request as UpgradeRequest
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol


class Hangup(Exception):  # not an error: one side leaves
    """The connection ends here, without another word."""


@dataclass(frozen=True)
class Answer:
    """A response; a body of bytes goes out as it is, anything else as JSON."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)

    def encode(self) -> bytes:
        """The bytes for the wire."""
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        headers = {"Content-Length": str(len(body)), **self.headers}
        lines = [f"HTTP/1.1 {self.status} Answer", *(f"{k}: {v}" for k, v in headers.items())]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass(frozen=True)
class Request:
    """A request with its whole body. Header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)

    def form(self) -> tuple[dict[str, str], list[tuple[str, bytes]]]:
        """The fields and the files (name, content) of a multipart body."""
        boundary = self.headers["content-type"].partition("boundary=")[2].encode()
        fields: dict[str, str] = {}
        files: list[tuple[str, bytes]] = []
        for part in self.body.split(b"--" + boundary)[1:-1]:
            head, _, content = part.partition(b"\r\n\r\n")
            content = content.removesuffix(b"\r\n")
            named = head.decode().split('name="')
            if len(named) == 3:
                files.append((named[2].partition('"')[0], content))
            else:
                fields[named[1].partition('"')[0]] = content.decode()
        return fields, files


class Socket:
    """The server's end of one websocket that speaks JSON."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes
    ) -> None:
        self._reader, self._writer = reader, writer
        self._protocol = ServerProtocol(subprotocols=[Subprotocol("darkroom.v1")])
        self._protocol.receive_data(head)
        self._inbox: list[Any] = []
        request = self._protocol.events_received()[0]
        assert isinstance(request, UpgradeRequest)
        self._request = request
        self.closed_with: int | None = None
        """The code that the client has closed it with."""

    async def accept(self) -> None:
        """Answer the handshake with yes."""
        self._protocol.send_response(self._protocol.accept(self._request))
        await self._flush()

    async def reject(self, status: int) -> None:
        """Answer the handshake with no."""
        self._protocol.send_response(self._protocol.reject(status, "No."))
        await self._flush()

    async def send(self, message: Any) -> None:
        """Send one message."""
        self._protocol.send_text(json.dumps(message).encode())
        await self._flush()

    async def receive(self) -> Any:
        """The next message. Raises Hangup when there is none any more."""
        while not self._inbox:
            data = await self._reader.read(65_536)
            if not data:
                raise Hangup
            self._protocol.receive_data(data)
            await self._flush()
            for event in self._protocol.events_received():
                if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                    self._inbox.append(json.loads(bytes(event.data)))
                elif isinstance(event, Frame) and event.opcode is Opcode.CLOSE:
                    self.closed_with = Close.parse(event.data).code
                    raise Hangup
        return self._inbox.pop(0)

    async def close(self, code: int = CloseCode.NORMAL_CLOSURE) -> None:
        """Close with a code."""
        self._protocol.send_close(code)
        await self._flush()

    def hang_up(self) -> None:
        """Drop the connection without a word."""
        self._writer.transport.abort()

    async def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._writer.write(data)
        await self._writer.drain()


async def serve_connection(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    answer: Callable[[Request], Awaitable[Answer]],
    talk: Callable[[Socket], Awaitable[None]],
) -> None:
    """Serve one connection: requests one after another, or one websocket."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode().strip().split("\r\n")
            headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}
            if headers.get("upgrade") == "websocket":
                return await talk(Socket(reader, writer, head))
            method, target, _ = first.split()
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            path = target.partition("?")[0]
            writer.write((await answer(Request(method, path, headers, body))).encode())
            await writer.drain()
    except (Hangup, asyncio.IncompleteReadError, ConnectionError):
        return None
    finally:
        writer.close()
