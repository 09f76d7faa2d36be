"""What a gRPC server tells of itself: its health, and by reflection what it serves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, Final

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2

from inference.oip.errors import ProtocolError, Status, invalid
from inference.oip.grpc_call import Call, Method
from inference.oip.grpc_status import NUMBERS

HEALTH: Final = "grpc.health.v1.Health"
REFLECTION: Final = "grpc.reflection.v1alpha.ServerReflection"

_MAX_BYTES: Final = 64 * 1024
"""Of a request: anybody may ask, and nothing that is asked for has a long name."""
_SERVING: Final = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING: Final = health_pb2.HealthCheckResponse.NOT_SERVING
_UNKNOWN: Final = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN


class Health:
    """Whether the server and its services serve: once they do not, they never will again."""

    def __init__(self, services: Iterable[str]) -> None:
        self._status = dict.fromkeys(("", *services), _SERVING)
        self._stopping = asyncio.Event()

    def methods(self) -> dict[str, Method]:
        """By their paths."""
        return {
            f"/{HEALTH}/Check": Method(unary=self._check, max_bytes=_MAX_BYTES),
            f"/{HEALTH}/Watch": Method(streaming=self._watch, max_bytes=_MAX_BYTES),
        }

    def stop(self) -> None:
        """Nothing serves any more."""
        self._status = dict.fromkeys(self._status, _NOT_SERVING)
        self._stopping.set()

    async def _check(self, data: bytes, _call: Call) -> bytes:
        service = _parsed(health_pb2.HealthCheckRequest, data).service
        if service not in self._status:
            raise ProtocolError(Status.NOT_FOUND, "There is no such service.")
        return _answer(self._status[service])

    async def _watch(self, requests: AsyncIterator[bytes], call: Call) -> None:
        async for data in requests:
            service = _parsed(health_pb2.HealthCheckRequest, data).service
            await call.write(_answer(self._status.get(service, _UNKNOWN)))
            await self._stopping.wait()
            if service in self._status:
                await call.write(_answer(_NOT_SERVING))
            # Until its client, or the server, has gone.
            await asyncio.get_running_loop().create_future()


class Reflection:
    """Describes the services whose files these are."""

    def __init__(self, files: Iterable[Any], services: Iterable[str]) -> None:
        self._pool = DescriptorPool()
        self._services = sorted(services)
        for file in files:
            self._pool.Add(_proto(file))

    def methods(self) -> dict[str, Method]:
        """By their paths."""
        method = Method(streaming=self._answer, max_bytes=_MAX_BYTES)
        return {f"/{REFLECTION}/ServerReflectionInfo": method}

    async def _answer(self, requests: AsyncIterator[bytes], call: Call) -> None:
        async for data in requests:
            request = _parsed(reflection_pb2.ServerReflectionRequest, data)
            answer = self._of(request)
            answer.original_request.CopyFrom(request)
            await call.write(answer.SerializeToString())

    def _of(self, request: Any) -> Any:
        response: Any = reflection_pb2.ServerReflectionResponse
        match request.WhichOneof("message_request"):
            case "list_services":
                services = [{"name": name} for name in self._services]
                return response(list_services_response={"service": services})
            case "file_by_filename":
                return self._file(self._pool.FindFileByName, request.file_by_filename)
            case "file_containing_symbol":
                find = self._pool.FindFileContainingSymbol
                return self._file(find, request.file_containing_symbol)
            case "file_containing_extension" | "all_extension_numbers_of_type":
                return _nothing(Status.NOT_FOUND, "There are no extensions.")
            case _:
                return _nothing(Status.INVALID_ARGUMENT, "The request asks for nothing.")

    def _file(self, find: Callable[[str], Any], name: str) -> Any:
        try:
            file = find(name)
        except KeyError:
            return _nothing(Status.NOT_FOUND, "There is nothing of this name.")
        described = [_proto(one).SerializeToString() for one in _with_dependencies(file).values()]
        return reflection_pb2.ServerReflectionResponse(
            file_descriptor_response={"file_descriptor_proto": described}
        )


def _nothing(status: Status, message: str) -> Any:
    error = {"error_code": NUMBERS[status], "error_message": message}
    return reflection_pb2.ServerReflectionResponse(error_response=error)


def _with_dependencies(file: Any) -> dict[str, Any]:
    files = {file.name: file}
    for dependency in file.dependencies:
        files |= _with_dependencies(dependency)
    return files


def _proto(file: Any) -> Any:
    proto = descriptor_pb2.FileDescriptorProto()
    file.CopyToProto(proto)
    return proto


def _answer(status: Any) -> bytes:
    return bytes(health_pb2.HealthCheckResponse(status=status).SerializeToString())


def _parsed(kind: Any, data: bytes) -> Any:
    try:
        return kind.FromString(data)
    except DecodeError:
        raise invalid("The request is not a message of this call.") from None
