"""A worker's gRPC endpoint: opened when it takes work, closed when it drains."""

import ipaddress
import logging
import socket
from typing import Final

from consumers.oip.auth import authenticate
from inference.oip.access import Authenticate, Control, Meter
from inference.oip.computing import Engine
from inference.oip.data_plane import DataPlane
from inference.oip.grpc_server import GrpcServer
from inference.oip.host_port import host_port

logger = logging.getLogger("darkroom.grpc")

_LOOPBACK: Final = "127.0.0.1"


class GrpcEndpoint:
    """An open endpoint."""

    def __init__(self, server: GrpcServer, address: str) -> None:
        self._server = server
        self.address = address
        """`host:port`, where other processes reach it."""

    async def close(self, grace_seconds: float) -> None:
        """Says that it is not ready, takes no more calls, and lets running ones finish.

        What did not finish within the grace is called off.
        """
        await self._server.stop(grace_seconds)
        logger.info("grpc closed", extra={"address": self.address})


async def open_grpc_endpoint(
    engine: Engine,
    control: Control,
    meter: Meter,
    *,
    host: str,
    port: int,
    authenticate: Authenticate = authenticate,
) -> GrpcEndpoint:
    """Serves the protocol from this engine by gRPC; port 0: any that is free.

    Raises:
        AddressUnavailable: the port is in use, or the host is not this machine.
    """
    server = GrpcServer(DataPlane(engine, control, meter), authenticate)
    bound = await server.start(host, port)
    reachable = _reachable(host)
    address = host_port(reachable, bound)
    logger.info("grpc open", extra={"address": address})
    return GrpcEndpoint(server, address)


def _reachable(host: str) -> str:
    """What other processes call the host: this machine's name where all its addresses are meant."""
    try:
        everywhere = ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return host
    if not everywhere:
        return host
    name = socket.gethostname()
    try:
        socket.getaddrinfo(name, None)
    except OSError:
        # It has no address of that name: it is alone.
        return _LOOPBACK
    return name
