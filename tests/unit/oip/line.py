"""A gRPC server over a fake engine, and a channel to it."""

import struct
from typing import Any

import grpc
import numpy as np
import pytest

from inference.engine.arrays import to_tensor
from inference.oip.access import Caller
from inference.oip.errors import ProtocolError, Status
from inference.oip.grpc_server import GrpcServer
from inference.oip.messages import SERVICE, message
from tests.unit.oip.bench import FakeEngine, asking, config, data_plane

ONES = to_tensor(np.ones((1, 4), np.float32), "FP32")
BEARER = (("authorization", "Bearer good"),)


class Line:
    """A server over a fake engine, and a channel to it."""

    def __init__(self) -> None:
        self.engine = FakeEngine(config())
        self.tokens = {"good": Caller(7, may_manage=False)}
        self.addresses: list[str | None] = []
        """Where calls came from."""
        self.plane, _, self.meter = data_plane(self.engine)
        self.server = GrpcServer(self.plane, self._authenticate)
        self.channel: grpc.aio.Channel
        self.port: int

    async def start(self) -> None:
        """Listens, and connects."""
        self.port = await self.server.start("127.0.0.1", 0)
        self.channel = grpc.aio.insecure_channel(
            f"127.0.0.1:{self.port}", options=[("grpc.max_send_message_length", -1)]
        )

    async def stop(self) -> None:
        """Is gone; what still runs is released."""
        self.engine.released.set()
        await self.channel.close(None)
        await self.server.stop(0)

    async def call(self, name: str, request: Any, metadata: Any = BEARER, **options: Any) -> Any:
        """The answer to one request."""
        send = self.channel.unary_unary(
            f"/{SERVICE}/{name}",
            request_serializer=None if isinstance(request, bytes) else as_bytes,
            response_deserializer=message(f"{name}Response").FromString,
        )
        return await send(request, metadata=metadata, **options)

    def stream(self, requests: Any, metadata: Any = BEARER) -> Any:
        """A stream of such requests."""
        send = self.channel.stream_stream(
            f"/{SERVICE}/ModelStreamInfer",
            request_serializer=as_bytes,
            response_deserializer=message("ModelStreamInferResponse").FromString,
        )
        return send(requests, metadata=metadata)

    async def _authenticate(self, token: str, address: str | None) -> Caller:
        self.addresses.append(address)
        if token not in self.tokens:
            raise ProtocolError(Status.UNAUTHENTICATED, "Nobody knows you.")
        return self.tokens[token]


def as_bytes(request: Any) -> bytes:
    """A message, or bytes that may be none."""
    return request if isinstance(request, bytes) else bytes(request.SerializeToString())


def framed(data: bytes, flag: int = 0) -> bytes:
    """A message as it stands in a body; `flag` is 1 where it is compressed."""
    return struct.pack(">BI", flag, len(data)) + data


def adding(**fields: Any) -> Any:
    """A request that is answered."""
    return asking("adder", ("a", ONES), ("b", ONES), **fields)


def empty(name: str) -> Any:
    """A call's request with nothing in it."""
    return message(f"{name}Request")()


async def status_of(call: Any) -> tuple[grpc.StatusCode, str]:
    """How a call fails."""
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call
    return raised.value.code(), raised.value.details() or ""


async def answers(stream: Any) -> list[Any]:
    """Everything a stream answers."""
    return [answer async for answer in stream]
