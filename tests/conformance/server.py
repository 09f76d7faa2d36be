"""Servers over the real engine and nothing else: `python -m tests.conformance.server ROOT`.

It prints the addresses of gRPC and HTTP in a line as soon as it listens, and stops when its
standard input ends.
"""

import asyncio
import sys
from pathlib import Path
from typing import Final

from consumers.cross_origin import CrossOrigin
from inference.engine.engine import Engine
from inference.engine.errors import LoadFailed, ModelNotFound
from inference.engine.types import DecodeLimits
from inference.oip.access import Caller
from inference.oip.data_plane import DataPlane
from inference.oip.errors import ProtocolError, Status, of_failure
from inference.oip.grpc_server import GrpcServer
from inference.oip.http_server import HttpServer

TOKENS: Final = {
    "a-persons-token": Caller(user_id=1, may_manage=False),
    "a-managers-token": Caller(user_id=2, may_manage=True),
}
LIMITS: Final = DecodeLimits(("JPEG", "PNG", "WEBP"), max_pixels=50_000_000, max_side=20_000)


async def authenticate(token: str, address: str | None) -> Caller:
    """Who these two are."""
    if token not in TOKENS:
        raise ProtocolError(Status.UNAUTHENTICATED, "The token is invalid or has ended.")
    return TOKENS[token]


class EngineControl:
    """Loads and unloads in this one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def load(self, name: str, user_id: int) -> None:
        """Loads."""
        try:
            await self._engine.load(name)
        except ModelNotFound as failure:
            raise of_failure(failure) from None
        except LoadFailed as failure:
            raise ProtocolError(Status.INVALID_ARGUMENT, failure.reason) from None

    async def unload(self, name: str, user_id: int) -> None:
        """Unloads."""
        try:
            await self._engine.unload(name)
        except ModelNotFound as failure:
            raise of_failure(failure) from None


class Uncounted:
    """A meter that counts nothing."""

    def count(
        self,
        user_id: int,
        model: str,
        version: str,
        endpoint: str,
        *,
        items: int,
        failed: bool,
        compute_ns: int,
    ) -> None:
        """Counts nothing."""


async def _serve(root: Path) -> None:
    engine = Engine([root], LIMITS)
    await engine.start()
    plane = DataPlane(engine, EngineControl(engine), Uncounted())
    server = GrpcServer(plane, authenticate)
    http = HttpServer(
        plane, authenticate, refuse_host=lambda _host: "", cross_origin=CrossOrigin([])
    )
    ports = [await server.start("127.0.0.1", 0), await http.start("127.0.0.1", 0)]
    print(*(f"127.0.0.1:{port}" for port in ports), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await asyncio.gather(server.stop(5), http.stop(5))
    await engine.stop(5)


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
