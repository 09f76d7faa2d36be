"""A worker's own HTTP server for the protocol's REST calls."""

import asyncio
import logging
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from inference.oip.access import Authenticate, CrossOrigin, RefuseHost
from inference.oip.data_plane import DataPlane
from inference.oip.grpc_server import AddressUnavailable, why_not
from inference.oip.host_port import host_port
from inference.oip.tls import HANDSHAKE_SECONDS, ServerTls, server_context

if TYPE_CHECKING:
    from inference.oip.http_connections import Connections

logger = logging.getLogger("darkroom.rest")

_SERVES: Final = "inference.oip.http_connections"


class HttpServer:
    """Serves a data plane. To be made on the event loop that it runs on.

    It listens at once, and what serves connections is imported when the first one comes: that
    takes 8 MB and a sixth of a worker's start, and many a worker is never asked by HTTP.
    """

    def __init__(
        self,
        plane: DataPlane,
        authenticate: Authenticate,
        refuse_host: RefuseHost,
        cross_origin: CrossOrigin,
    ) -> None:
        self._serves = (plane, authenticate, refuse_host, cross_origin)
        self._server: asyncio.Server | None = None
        self._connections: Connections | None = None
        self._loading: asyncio.Task[None] | None = None
        self._waiting: list[_Waiting] = []

    async def start(self, host: str, port: int, tls: ServerTls | None = None) -> int:
        """Listen, and give the port; 0: any that is free.

        Raises:
            AddressUnavailable: it is in use, or not this machine's.
            OSError, ValueError: the certificate cannot be used.
        """
        context = server_context(tls, "http/1.1") if tls else None
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                self._connection,
                host,
                port,
                ssl=context,
                ssl_handshake_timeout=HANDSHAKE_SECONDS if context else None,
            )
        except OSError:
            reason = await asyncio.to_thread(why_not, host, port)
            raise AddressUnavailable(
                f"HTTP cannot listen on {host_port(host, port)}: {reason}."
            ) from None
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self, grace_seconds: float) -> None:
        """Take no more connections, let what runs finish within the grace, and hang up.

        Whoever stops it has the data plane refuse new work before.
        """
        if self._server is None:
            return
        self._server.close()
        if self._loading:
            await asyncio.wait([self._loading])
        if self._connections:
            await self._connections.stop(grace_seconds)

    def _connection(self) -> asyncio.Protocol:
        if self._connections:
            return self._connections.new()
        if self._loading is None:
            self._loading = asyncio.create_task(self._load())
        self._waiting.append(_Waiting())
        return self._waiting[-1]

    async def _load(self) -> None:
        try:
            # In a thread: the event loop goes on meanwhile.
            module = await asyncio.to_thread(import_module, _SERVES)
            self._connections = cast("Connections", module.Connections(*self._serves))
        except Exception:
            logger.exception("http cannot be served")
            self._loading = None  # the next connection tries again
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            one.go_on(self._connections)


class _Waiting(asyncio.Protocol):
    """A connection of which nothing is read until it can be served."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._connections: Connections | None = None
        self._is_awaited = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is there."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # a socket's is
        self._transport = transport
        transport.pause_reading()
        self._serve()

    def connection_lost(self, exc: BaseException | None) -> None:
        """It is gone."""
        self._transport = None

    def go_on(self, connections: "Connections | None") -> None:
        """It can be served now; None: it never will be."""
        self._connections, self._is_awaited = connections, False
        self._serve()

    def _serve(self) -> None:
        if self._is_awaited or self._transport is None or self._transport.is_closing():
            return
        if self._connections is None:
            self._transport.abort()
            return
        protocol = self._connections.new()
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        self._transport.resume_reading()
