"""What a gRPC server tells of itself: its health, and by reflection what it serves."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any, Final

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection, reflection_pb2

from inference.oip.errors import ProtocolError, Status, invalid
from inference.oip.grpc_call import Call, Intake, Places, streaming, unary

HEALTH: Final = "grpc.health.v1.Health"
REFLECTION: Final = "grpc.reflection.v1alpha.ServerReflection"

_MAX_WATCHERS: Final = 100
_SERVING: Final = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING: Final = health_pb2.HealthCheckResponse.NOT_SERVING
_UNKNOWN: Final = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN


class Health:
    """Whether the server and its services serve."""

    def __init__(self, services: Iterable[str]) -> None:
        self._services = frozenset(("", *services))
        self._serves = True
        self._changed = asyncio.Event()
        """Of each change there is a new one."""
        self._watchers = Places(_MAX_WATCHERS, "watchers")

    def methods(self, intake: Intake) -> dict[str, Any]:
        """The handlers of methods, by name."""
        return {"Check": unary(self._check, intake), "Watch": streaming(self._watch, intake)}

    def tell(self, *, serves: bool) -> None:
        """Whether all of them do from now on, as their watchers are told too."""
        if serves != self._serves:
            self._serves = serves
            self._changed.set()
            self._changed = asyncio.Event()

    def _status(self, service: str) -> Any:
        if service not in self._services:
            return _UNKNOWN
        return _SERVING if self._serves else _NOT_SERVING

    async def _check(self, call: Call) -> bytes:
        service = _parsed(health_pb2.HealthCheckRequest, await call.request()).service
        if service not in self._services:
            raise ProtocolError(Status.NOT_FOUND, "There is no such service.")
        return _answer(self._status(service))

    async def _watch(self, call: Call) -> None:
        service = _parsed(health_pb2.HealthCheckRequest, await call.request()).service
        told = None
        with self._watchers:
            # Until its client, or the server, has gone.
            while True:
                changed, status = self._changed, self._status(service)
                if status != told:
                    await call.write(_answer(status))
                    told = status
                await changed.wait()


class Reflection:
    """Describes the services whose files these are."""

    def __init__(self, files: Iterable[Any], services: Iterable[str]) -> None:
        pool = DescriptorPool()
        for file in files:
            proto = descriptor_pb2.FileDescriptorProto()
            file.CopyToProto(proto)
            pool.Add(proto)
        servicer = reflection.aio.ReflectionServicer  # type: ignore[attr-defined]  # not in stubs
        self._servicer: Any = servicer(services, pool)

    def methods(self, intake: Intake) -> dict[str, Any]:
        """The handlers of methods, by name."""
        return {"ServerReflectionInfo": streaming(self._answer, intake)}

    async def _answer(self, call: Call) -> None:
        async def requests() -> AsyncIterator[Any]:
            async for data in call.requests():
                yield _parsed(reflection_pb2.ServerReflectionRequest, data)

        async for answer in self._servicer.ServerReflectionInfo(requests(), None):
            await call.write(answer.SerializeToString())


def _answer(status: Any) -> bytes:
    return bytes(health_pb2.HealthCheckResponse(status=status).SerializeToString())


def _parsed(kind: Any, data: bytes) -> Any:
    try:
        return kind.FromString(data)
    except DecodeError:
        raise invalid("The request is not a message of this call.") from None
