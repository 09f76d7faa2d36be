"""A worker's own gRPC and HTTP: opened when it takes work, closed when it drains."""

import asyncio
import ipaddress
import logging
import socket
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from consumers.cross_origin import CrossOrigin
from consumers.host_names import refuse_host
from consumers.oip.auth import authenticate_and_count
from inference.oip.access import Authenticate, Control, Meter
from inference.oip.computing import Engine
from inference.oip.data_plane import DataPlane
from inference.oip.grpc_server import GrpcServer
from inference.oip.host_port import host_port
from inference.oip.http_server import HttpServer
from inference.oip.tls import ServerTls

logger = logging.getLogger("darkroom.oip")

_LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True)
class Address:
    """Where to listen."""

    host: str
    port: int
    """0: any that is free."""


class Endpoint:
    """What is open."""

    def __init__(self, grpc: GrpcServer, grpc_address: str) -> None:
        self.grpc_address = grpc_address
        """`host:port`, where other processes reach gRPC."""
        self.http_address = ""
        """`host:port`, where other processes reach HTTP; empty: it is not served."""
        self._grpc = grpc
        self._http: HttpServer | None = None

    async def open_http(self, http: HttpServer, where: Address, tls: ServerTls | None) -> None:
        """Serves HTTP too.

        Raises:
            AddressUnavailable: the port is in use, or the host is not this machine.
        """
        bound = await http.start(where.host, where.port, tls)
        self._http = http
        self.http_address = host_port(_reachable(where.host), bound)
        logger.info("http open", extra={"address": self.http_address})

    def rest(self, *, is_resting: bool) -> None:
        """Says that it is not ready, or is again; whoever calls is answered all the same."""
        # HTTP has its data plane.
        self._grpc.rest(is_resting=is_resting)

    async def close(self, grace_seconds: float) -> None:
        """Says that it is not ready, takes no more calls, and lets running ones finish.

        What did not finish within the grace is called off.
        """
        # gRPC first: it has the data plane, which both serve, take no more work.
        stops = [asyncio.create_task(self._grpc.stop(grace_seconds))]
        if self._http:
            stops.append(asyncio.create_task(self._http.stop(grace_seconds)))
        await asyncio.gather(*stops)
        logger.info("protocol closed", extra={"address": self.grpc_address})


async def open_endpoint(
    engine: Engine,
    control: Control,
    meter: Meter,
    *,
    grpc: Address,
    http: Address | None = None,
    tls: ServerTls | None = None,
    authenticate: Authenticate = authenticate_and_count,
) -> Endpoint:
    """Serves the protocol from this engine by gRPC, and by HTTP where that is wanted.

    Raises:
        AddressUnavailable: a port is in use, or a host is not this machine.
        OSError, ValueError: the certificate cannot be used.
    """
    plane = DataPlane(engine, control, meter)
    server = GrpcServer(plane, authenticate)
    bound = await server.start(grpc.host, grpc.port, tls)
    endpoint = Endpoint(server, host_port(_reachable(grpc.host), bound))
    logger.info("grpc open", extra={"address": endpoint.grpc_address})
    if http is not None:
        try:
            pages = CrossOrigin(settings.ALLOWED_ORIGINS)
            await endpoint.open_http(HttpServer(plane, authenticate, refuse_host, pages), http, tls)
        except BaseException:
            await server.stop(0)
            raise
    return endpoint


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
