"""The gRPC server: the service, health and reflection behind one port."""

import asyncio
import contextlib
import socket
from collections.abc import Mapping
from typing import Final

from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2

from inference.http2.connection import Connection
from inference.http2.frames import Code
from inference.http2.headers import Fields
from inference.http2.stream import Receiver, Stream
from inference.oip import grpc_call
from inference.oip.access import Authenticate
from inference.oip.admission import Admission
from inference.oip.data_plane import DataPlane
from inference.oip.errors import STOPPING, ProtocolError, Status
from inference.oip.grpc_about import HEALTH, REFLECTION, Health, Reflection
from inference.oip.grpc_call import Call, Method
from inference.oip.grpc_service import Service
from inference.oip.grpc_status import refuse_http
from inference.oip.host_port import host_port
from inference.oip.messages import POOL, SERVICE
from inference.oip.tls import HANDSHAKE_SECONDS, ServerTls, server_context

MAX_CALLS: Final = 1000
"""At once; what comes on top is RESOURCE_EXHAUSTED, or refused by HTTP/2 where as many already wait
for that."""
MAX_CONNECTIONS: Final = 1000
"""At once; what comes on top is closed."""

_LAST_WORDS_SECONDS: Final = 0.5
"""For answers that are on their way."""
NOTICE_SECONDS: Final = 1.5
"""So long a server that stops still tells new calls so: until whoever balances has noticed."""
_SERVICES: Final = (SERVICE, HEALTH, REFLECTION)


class AddressUnavailable(Exception):
    """The server cannot listen where it was told to; the message says where and why."""


class GrpcServer:
    """Serves a data plane. To be made on the event loop that it runs on."""

    def __init__(self, plane: DataPlane, authenticate: Authenticate) -> None:
        self._service = Service(plane, authenticate)
        self._health = Health(_SERVICES)
        files = (
            POOL.FindFileContainingSymbol(SERVICE),
            health_pb2.DESCRIPTOR,
            reflection_pb2.DESCRIPTOR,
        )
        self._methods = {
            **self._service.methods(),
            **self._health.methods(),
            **Reflection(files, _SERVICES).methods(),
        }
        self._bodies = Admission()
        self._calls: set[Call] = set()
        self._looking: asyncio.TimerHandle | None = None
        self._connections: set[Connection] = set()
        self._deserted = asyncio.Event()
        self._deserted.set()
        self._server: asyncio.Server | None = None
        self._stopping: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int, tls: ServerTls | None = None) -> int:
        """Listen, and give the port; 0: any that is free.

        Raises:
            AddressUnavailable: it is in use, or not this machine's.
            OSError, ValueError: the certificate cannot be used.
        """
        loop = asyncio.get_running_loop()
        context = server_context(tls, "h2") if tls else None
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
                f"gRPC cannot listen on {host_port(host, port)}: {reason}."
            ) from None
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self, grace_seconds: float) -> None:
        """Say that it is not ready, take no more work, and let what runs finish within the grace.

        What did not finish then is called off. A second call waits for the first.
        """
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._stop(grace_seconds))
        await asyncio.shield(self._stopping)

    async def _stop(self, grace_seconds: float) -> None:
        self._service.drain()
        self._health.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace_seconds):
                if self._service.was_called:
                    await asyncio.sleep(NOTICE_SECONDS)
                await self._service.until_idle()
        if self._server:
            self._server.close()
        for call in list(self._calls):
            call.call_off(ProtocolError(Status.UNAVAILABLE, STOPPING))
        for connection in list(self._connections):
            connection.leave()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_SECONDS):
                await self._deserted.wait()
        for connection in list(self._connections):
            connection.abort()
        if self._looking:
            self._looking.cancel()

    def _connection(self) -> asyncio.BaseProtocol:
        return Connection(self._serve, self._came, self._left)

    def _came(self, connection: Connection) -> bool:
        if len(self._connections) >= MAX_CONNECTIONS:
            return False
        self._connections.add(connection)
        self._deserted.clear()
        return True

    def _left(self, connection: Connection) -> None:
        self._connections.discard(connection)
        if not self._connections:
            self._deserted.set()

    def _serve(self, stream: Stream, fields: Fields) -> Receiver:
        call = Call(stream, fields, self._bodies)
        told: dict[str, str] = {}
        for name, value in fields:
            told.setdefault(name, value)
        method = self._methods.get(told.get(":path", ""))
        if told.get(":method") != "POST":
            refuse_http(stream, 405)
        elif not told.get("content-type", "").startswith("application/grpc"):
            refuse_http(stream, 415)
        elif len(self._calls) >= 2 * MAX_CALLS:
            stream.reset(Code.REFUSED_STREAM)
        else:
            self._begin(call, method, told)
        return call

    def _look_later(self) -> None:
        if self._looking is None and self._calls:
            loop = asyncio.get_running_loop()
            self._looking = loop.call_later(grpc_call.BODY_SECONDS, self._look)

    def _look(self) -> None:
        self._looking = None
        for call in list(self._calls):
            call.look()
        self._look_later()

    def _begin(self, call: Call, method: Method | None, told: Mapping[str, str]) -> None:
        is_one_too_many = len(self._calls) >= MAX_CALLS
        self._calls.add(call)
        call.when_closed(lambda: self._calls.discard(call))
        self._look_later()
        if method is None:
            call.reject(ProtocolError(Status.UNIMPLEMENTED, "Method not found!"))
        elif is_one_too_many:
            call.reject(ProtocolError(Status.RESOURCE_EXHAUSTED, "Too many calls: try again."))
        else:
            call.begin(method, told.get("grpc-encoding", "identity"), told.get("grpc-timeout", ""))


def why_not(host: str, port: int) -> str:
    """Why nothing can listen there, in the words of the system."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.bind(address)
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return "it was in use a moment ago"
