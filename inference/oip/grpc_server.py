"""The gRPC server: the service, health and reflection behind one port."""

import asyncio
import contextlib
import socket
from typing import Any, Final

import grpc
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2

from inference.oip.access import Authenticate
from inference.oip.admission import Admission
from inference.oip.data_plane import DataPlane
from inference.oip.grpc_about import HEALTH, REFLECTION, Health, Reflection
from inference.oip.grpc_call import MAX_MESSAGE_BYTES, StrangersIntake
from inference.oip.grpc_service import Service
from inference.oip.grpc_tls import grpc_server_credentials
from inference.oip.host_port import host_port
from inference.oip.limits import MAX_RESPONSE_BYTES, MESSAGE_OVERHEAD_BYTES
from inference.oip.messages import POOL, SERVICE
from inference.oip.tls import HANDSHAKE_SECONDS, ServerTls

MAX_CALLS: Final = 1000
"""At once; what comes on top is RESOURCE_EXHAUSTED."""
MAX_CONNECTIONS: Final = 1000
"""At once; what comes on top is closed."""

_OPTIONS: Final[tuple[tuple[str, Any], ...]] = (
    # Two workers on one port would share its calls by chance.
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_RESPONSE_BYTES + MESSAGE_OVERHEAD_BYTES),
    # It would unpack what is sent before it looks at the size.
    ("grpc.per_message_decompression", 0),
    ("grpc.max_concurrent_streams", MAX_CALLS),
    ("grpc.max_allowed_incoming_connections", MAX_CONNECTIONS),
    ("grpc.server_handshake_timeout_ms", int(HANDSHAKE_SECONDS * 1000)),
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
    # What is connected and calls nothing keeps others out; its client connects anew when it calls.
    ("grpc.max_connection_idle_ms", 120_000),
    # Ends for good what a client lets hang: answers that it does not take, places that it keeps.
    ("grpc.max_connection_age_ms", 3_600_000),
    ("grpc.max_connection_age_grace_ms", 600_000),
)
_ANYBODYS_AT_ONCE: Final = 8
"""Requests that come: the library bounds each by what the largest of all may have."""
_ANYBODYS_SECONDS: Final = 10.0
_ANYBODYS_BYTES: Final = 64 * 1024
"""Of requests that anybody may send: nothing that they ask for has a long name."""
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
        self._bodies = Admission()
        anybody = StrangersIntake(
            self._bodies,
            at_once=_ANYBODYS_AT_ONCE,
            seconds=_ANYBODYS_SECONDS,
            max_bytes=_ANYBODYS_BYTES,
        )
        self._service = Service(plane, authenticate, self._bodies, anybody)
        self._plane = plane
        self._health = Health(_SERVICES)
        files = (
            POOL.FindFileContainingSymbol(SERVICE),
            health_pb2.DESCRIPTOR,
            reflection_pb2.DESCRIPTOR,
        )
        methods = {
            SERVICE: self._service.methods(),
            HEALTH: self._health.methods(anybody),
            REFLECTION: Reflection(files, _SERVICES).methods(anybody),
        }
        self._server = grpc.aio.server(options=_OPTIONS, maximum_concurrent_rpcs=MAX_CALLS)
        self._server.add_generic_rpc_handlers(
            [grpc.method_handlers_generic_handler(*served) for served in methods.items()]
        )
        self._stopping: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int, tls: ServerTls | None = None) -> int:
        """Listen, and give the port; 0: any that is free.

        Raises:
            AddressUnavailable: it is in use, or not this machine's.
            OSError, ValueError: the certificate cannot be used.
        """
        address = host_port(host, port)
        credentials = grpc_server_credentials(tls) if tls else None
        try:
            if credentials:
                bound = self._server.add_secure_port(address, credentials)
            else:
                bound = self._server.add_insecure_port(address)
        except RuntimeError:
            reason = await asyncio.to_thread(why_not, host, port)
            raise AddressUnavailable(f"gRPC cannot listen on {address}: {reason}.") from None
        await self._server.start()
        return bound

    def rest(self, *, is_resting: bool) -> None:
        """Say that it is not ready, or is again; whoever calls is answered all the same."""
        self._plane.rest(is_resting=is_resting)
        if self._stopping is None:
            self._health.tell(serves=not is_resting)

    async def stop(self, grace_seconds: float) -> None:
        """Say that it is not ready, take no more work, and let what runs finish within the grace.

        What did not finish then is called off. A second call waits for the first.
        """
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._stop(grace_seconds))
        await asyncio.shield(self._stopping)

    async def _stop(self, grace_seconds: float) -> None:
        self._service.drain()
        self._health.tell(serves=False)
        # Not the library's own grace: somebody who watches our health would use it up.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace_seconds):
                if self._service.was_called:
                    await asyncio.sleep(NOTICE_SECONDS)
                await self._service.until_idle()
        await self._server.stop(_LAST_WORDS_SECONDS if self._service.is_idle else None)


def why_not(host: str, port: int) -> str:
    """Why nothing can listen there, in the words of the system."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.bind(address)
    except UnicodeError:
        return "its host is no name"
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return "it was in use a moment ago"
