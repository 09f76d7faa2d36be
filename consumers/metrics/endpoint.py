"""A very small HTTP server: `GET /metrics` and nothing else, bounded in every way."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from consumers.metrics import access
from consumers.metrics.registry import CONTENT_TYPE
from inference.oip.host_port import host_port

logger = logging.getLogger("darkroom.metrics")

MAX_HEAD_BYTES: Final = 8192
MAX_CONNECTIONS: Final = 16
TIMEOUT_SECONDS: Final = 10.0
_ANYWHERE: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  # compared, not bound

Render = Callable[[], Awaitable[bytes]]


class Endpoint:
    """Answers one request a connection with what `render` gives.

    Clients elsewhere than on this machine need the token; without it there is nothing for them.
    """

    def __init__(self, render: Render, token: str) -> None:
        self._render = render
        self._token = token
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> str:
        """Listens on `host` and `port` (0: any free one); the address others reach it at.

        Raises:
            OSError: the port is taken, or `host` is no address of this machine.
        """
        self._server = await asyncio.start_server(
            self._accept, host or None, port, limit=MAX_HEAD_BYTES
        )
        bound: int = self._server.sockets[0].getsockname()[1]
        name = socket.gethostname() if host in _ANYWHERE else host
        return host_port(name, bound)

    async def stop(self) -> None:
        """Listens no more, and cuts off who is being answered."""
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._connections):
            connection.cancel()
        await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) >= MAX_CONNECTIONS:
            writer.transport.abort()
            return
        connection = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                status, body = await self._answer(reader, writer)
                writer.write(_response(status, body))
                await writer.drain()
        except (OSError, EOFError, TimeoutError):
            writer.transport.abort()
        finally:
            writer.close()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> tuple[HTTPStatus, bytes]:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, b""
        method, path, headers = _parsed(head)
        if path != "/metrics" or not self._may_read(writer, headers):
            return HTTPStatus.NOT_FOUND, b""
        if method != "GET":
            return HTTPStatus.METHOD_NOT_ALLOWED, b""
        try:
            return HTTPStatus.OK, await self._render()
        except Exception:
            logger.exception("metrics could not be collected")
            return HTTPStatus.INTERNAL_SERVER_ERROR, b""

    def _may_read(self, writer: asyncio.StreamWriter, headers: dict[str, str]) -> bool:
        address = None
        with contextlib.suppress(TypeError):
            # A client that is gone already has no address.
            address = writer.get_extra_info("peername")[0]
        if access.is_forwarded(headers):
            address = None
        return access.may_read(address, headers.get("authorization", ""), self._token)


def _parsed(head: bytes) -> tuple[str, str, dict[str, str]]:
    """Method, path without a query, and headers by their names in lower case."""
    first, *lines = head.decode("latin-1").split("\r\n")
    method, _, rest = first.partition(" ")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return method, rest.partition(" ")[0].partition("?")[0], headers


def _response(status: HTTPStatus, body: bytes) -> bytes:
    content = body or f"{status.phrase}\n".encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        f"Content-Type: {CONTENT_TYPE}\r\n"
        f"Content-Length: {len(content)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + content
