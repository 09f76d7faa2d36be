"""The gRPC server: the service, health and reflection behind one port."""

import asyncio
import contextlib
import socket
from typing import Final

import grpc
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2

from inference.oip.access import Authenticate
from inference.oip.data_plane import DataPlane
from inference.oip.grpc_service import Service
from inference.oip.host_port import host_port
from inference.oip.limits import MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES, MESSAGE_OVERHEAD_BYTES
from inference.oip.messages import POOL, SERVICE

MAX_CALLS: Final = 1000
"""At once; what comes on top is RESOURCE_EXHAUSTED."""

_OPTIONS: Final = (
    # Two workers on one port would share its calls by chance.
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", MAX_REQUEST_BYTES + MESSAGE_OVERHEAD_BYTES),
    ("grpc.max_send_message_length", MAX_RESPONSE_BYTES + MESSAGE_OVERHEAD_BYTES),
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
)
_LAST_WORDS_SECONDS: Final = 0.5
"""For answers that are on their way."""
NOTICE_SECONDS: Final = 1.5
"""So long a server that stops still tells new calls so: until whoever balances has noticed."""
_HEALTH: Final = health.SERVICE_NAME
_REFLECTION: Final = reflection.SERVICE_NAME


class AddressUnavailable(Exception):
    """The server cannot listen where it was told to; the message says where and why."""


class GrpcServer:
    """Serves a data plane. To be made on the event loop that it runs on."""

    def __init__(self, plane: DataPlane, authenticate: Authenticate) -> None:
        self._service = Service(plane, authenticate)
        self._health = health.aio.HealthServicer()  # type: ignore[attr-defined]  # not in the stubs
        self._server = grpc.aio.server(options=_OPTIONS, maximum_concurrent_rpcs=MAX_CALLS)
        self._stopping: asyncio.Task[None] | None = None
        self._server.add_generic_rpc_handlers((self._service.handler(),))
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection.enable_server_reflection(
            (SERVICE, _HEALTH, _REFLECTION), self._server, pool=_described()
        )

    async def start(self, host: str, port: int) -> int:
        """Listen, and give the port; 0: any that is free.

        Raises:
            AddressUnavailable: it is in use, or not this machine's.
        """
        try:
            bound = self._server.add_insecure_port(host_port(host, port))
        except RuntimeError:
            reason = await asyncio.to_thread(why_not, host, port)
            raise AddressUnavailable(
                f"gRPC cannot listen on {host_port(host, port)}: {reason}."
            ) from None
        await self._health.set(SERVICE, health_pb2.HealthCheckResponse.SERVING)
        await self._server.start()
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
        await self._health.enter_graceful_shutdown()
        # Not gRPC's own grace: somebody who watches our health would use it up.
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
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return "it was in use a moment ago"


def _described() -> DescriptorPool:
    """The files of every service that is served, for reflection."""
    pool = DescriptorPool()
    for file in (
        POOL.FindFileContainingSymbol(SERVICE),
        health_pb2.DESCRIPTOR,
        reflection_pb2.DESCRIPTOR,
    ):
        proto = descriptor_pb2.FileDescriptorProto()
        file.CopyToProto(proto)
        pool.Add(proto)
    return pool
