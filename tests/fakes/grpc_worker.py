"""A worker's gRPC server that does as it is told, and its row in the catalog."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import grpc
from django.utils import timezone

from consumers.database import in_database
from inference.oip.errors import ProtocolError, Status
from inference.oip.grpc_status import refuse
from inference.oip.messages import SERVICE
from uploads.models import Worker

Context = Any
Behave = Callable[[bytes, Context], Awaitable[bytes]]


async def echo(request: bytes, _context: Context) -> bytes:
    """The request as the answer."""
    return request


def saying(answer: bytes | Any) -> Behave:
    """Always this answer, or this message."""
    content = answer if isinstance(answer, bytes) else answer.SerializeToString()

    async def behave(_request: bytes, _context: Context) -> bytes:
        return content

    return behave


def refusing(
    status: Status,
    message: str = "It will not.",
    *,
    own: bool = True,
    retry_after: int | None = None,
) -> Behave:
    """Always this refusal; not its own, it is as if the connection had broken."""

    async def behave(_request: bytes, context: Context) -> bytes:
        if own:
            await refuse(context, ProtocolError(status, message, retry_after))
        await context.abort(grpc.StatusCode[status.name], message)
        raise AssertionError

    return behave


class GrpcWorker:
    """One worker. `behave` answers every method that `methods` does not name."""

    def __init__(self, name: str, behave: Behave = echo, **methods: Behave) -> None:
        self.name = name
        self.behave = behave
        self.methods = methods
        self.calls: list[tuple[str, bytes, dict[str, str]]] = []
        """Of each: method, request, metadata."""
        self.called = asyncio.Event()
        self.let_go = asyncio.Event()
        """A call was called off."""
        self.address = ""
        self._held: asyncio.Event | None = None
        self._server: Any = None

    async def start(self, port: int = 0, credentials: Any = None) -> "GrpcWorker":
        """Listens; with TLS where there are credentials."""
        self._server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
        self._server.add_generic_rpc_handlers((_Handler(self),))
        where = f"127.0.0.1:{port}"
        if credentials is None:
            bound = self._server.add_insecure_port(where)
        else:
            bound = self._server.add_secure_port(where, credentials)
        await self._server.start()
        self.address = f"127.0.0.1:{bound}"
        return self

    async def stop(self) -> None:
        """Is gone, and what runs with it."""
        if self._server is not None:
            await self._server.stop(None)

    def hold(self) -> None:
        """Answers nothing until it is released."""
        self._held = asyncio.Event()

    def release(self) -> None:
        """Answers what it held."""
        assert self._held
        self._held.set()
        self._held = None

    async def register(
        self,
        *models: tuple[str, str],
        seen_at: datetime | None = None,
        draining: bool = False,
        state: str = "READY",
    ) -> None:
        """Writes its row: these models' versions are in this state."""
        held = [{"model": model, "version": version, "state": state} for model, version in models]
        row = Worker(
            id=self.name,
            host="localhost",
            pid=1,
            grpc_address=self.address,
            versions=held,
            draining=draining,
            seen_at=seen_at or timezone.now(),
        )
        await in_database(row.save)

    async def answer(self, method: str, request: bytes, context: Context) -> bytes:
        """One call."""
        metadata = {key: str(value) for key, value in context.invocation_metadata()}
        self.calls.append((method, request, metadata))
        self.called.set()
        try:
            if self._held is not None:
                await self._held.wait()
            return await self.methods.get(method, self.behave)(request, context)
        except asyncio.CancelledError:
            self.let_go.set()
            raise


class _Handler(grpc.GenericRpcHandler):  # type: ignore[type-arg]  # bytes in, bytes out
    def __init__(self, worker: GrpcWorker) -> None:
        self._worker = worker

    def service(self, details: Any) -> Any:
        prefix, _, method = details.method.rpartition("/")
        assert prefix == f"/{SERVICE}"

        async def behave(request: bytes, context: Context) -> bytes:
            return await self._worker.answer(method, request, context)

        return grpc.unary_unary_rpc_method_handler(behave)
