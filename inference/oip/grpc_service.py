"""inference.GRPCInferenceService: from gRPC's calls and statuses to the data plane's."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

import grpc
from google.protobuf.message import DecodeError

from inference.oip.access import Authenticate
from inference.oip.computing import Report
from inference.oip.data_plane import Call, DataPlane
from inference.oip.errors import UNEXPECTED, ProtocolError, Status, invalid
from inference.oip.messages import SERVICE, message
from inference.oip.streaming import Stream

logger = logging.getLogger("darkroom.grpc")

CODES: Final[Mapping[Status, grpc.StatusCode]] = {
    status: grpc.StatusCode[status.name] for status in Status
}
DOOR_KEY: Final = "darkroom-door"
"""The metadata by which a forwarding web server says that the call came to it by REST."""
DOORS: Final = frozenset({"grpc", "rest"})
ANSWERED_KEY: Final = "darkroom-answered"
"""Trailing metadata of a refusal that is the server's own: the call was not lost on the way."""

_MAX_MESSAGE_CHARACTERS: Final = 500
"""A status travels as a header, of which few kilobytes are allowed."""

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
Behaviour = Callable[[Any, Context], Awaitable[Any]]


class Service:
    """The handlers of the service's methods. A method that is not served is UNIMPLEMENTED."""

    def __init__(self, plane: DataPlane, authenticate: Authenticate) -> None:
        self._plane = plane
        self._authenticate = authenticate
        self._running = 0
        self.was_called = False
        """Whether anybody ever called."""
        self._idle = asyncio.Event()
        self._idle.set()
        self._draining = asyncio.Event()

    @property
    def is_idle(self) -> bool:
        """Whether no call of the service runs."""
        return self._idle.is_set()

    def drain(self) -> None:
        """It takes no more work from now on; streams end with what runs."""
        self._draining.set()
        self._plane.drain()

    async def until_idle(self) -> None:
        """Returns when no call of the service runs."""
        await self._idle.wait()

    def handler(self) -> "grpc.GenericRpcHandler[Any, Any]":
        """All methods, for a server."""
        plane = self._plane
        unary: dict[str, Behaviour] = {
            "ServerLive": self._open(plane.server_live),
            "ServerReady": self._open(plane.server_ready),
            "ServerMetadata": self._open(plane.server_metadata),
            "ModelReady": self._known(plane.model_ready),
            "ModelMetadata": self._known(plane.model_metadata),
            "ModelConfig": self._known(plane.model_config),
            "ModelStatistics": self._known(plane.model_statistics),
            "RepositoryIndex": self._named(plane.repository_index),
            "RepositoryModelLoad": self._named(plane.load),
            "RepositoryModelUnload": self._named(plane.unload),
            "ModelInfer": self._named(plane.infer),
        }
        methods: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
            name: grpc.unary_unary_rpc_method_handler(
                self._answering(behaviour),
                request_deserializer=_parser(f"{name}Request"),
                response_serializer=_serialized,
            )
            for name, behaviour in unary.items()
        }
        methods["ModelStreamInfer"] = grpc.stream_stream_rpc_method_handler(
            self._stream,
            request_deserializer=_parser("ModelInferRequest"),
            response_serializer=_serialized,
        )
        return grpc.method_handlers_generic_handler(SERVICE, methods)

    # Who may call.

    def _open(self, call: Callable[[Any], Any]) -> Behaviour:
        async def behave(request: Any, _context: Context) -> Any:
            return call(request)

        return behave

    def _known(self, call: Callable[[Any], Any]) -> Behaviour:
        async def behave(request: Any, context: Context) -> Any:
            await self._authenticate(_token(context))
            return call(request)

        return behave

    def _named(self, call: Callable[[Any, Call], Awaitable[Any]]) -> Behaviour:
        async def behave(request: Any, context: Context) -> Any:
            caller = await self._authenticate(_token(context))
            return await call(request, Call(caller, _door(context)))

        return behave

    # How calls run and end.

    def _answering(self, behaviour: Behaviour) -> Behaviour:
        async def behave(request: Any, context: Context) -> Any:
            self._note(context)
            try:
                return await behaviour(_understood(request), context)
            except ProtocolError as error:
                refusal = error
            except Exception:
                logger.exception("a call failed")
                refusal = UNEXPECTED
            return await _abort(context, refusal)

        return behave

    async def _stream(self, requests: AsyncIterator[Any], context: Context) -> None:
        token, door = _token(context), _door(context)

        async def infer(request: Any, report: Report) -> Any:
            # With each request: a sign-in may end while its stream lives.
            call = Call(await self._authenticate(token), door)
            return await self._plane.infer(request, call, report)

        self._note(context)
        try:
            await self._authenticate(token)
            await Stream(infer, context.write).run(requests, self._draining)
        except ProtocolError as error:
            refusal = error
        except Exception:
            logger.exception("a stream failed")
            refusal = UNEXPECTED
        else:
            return
        await _abort(context, refusal)

    def _note(self, context: Context) -> None:
        """Counts a call as running until its answer is sent."""
        self._running += 1
        self.was_called = True
        self._idle.clear()
        context.add_done_callback(
            lambda _: self._forget()  # type: ignore[arg-type]  # any function does
        )

    def _forget(self) -> None:
        self._running -= 1
        if not self._running:
            self._idle.set()


def _understood(request: Any) -> Any:
    if request is None:
        raise invalid("The request is not a message of this call.")
    return request


async def _abort(context: Context, error: ProtocolError) -> Any:
    message = error.message[:_MAX_MESSAGE_CHARACTERS]
    await context.abort(CODES[error.status], message, trailing_metadata=((ANSWERED_KEY, "1"),))


def _token(context: Context) -> str:
    scheme, _, token = _metadata(context, "authorization").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _door(context: Context) -> str:
    door = _metadata(context, DOOR_KEY)
    return door if door in DOORS else "grpc"


def _metadata(context: Context, wanted: str) -> str:
    for key, value in context.invocation_metadata() or ():
        if key == wanted and isinstance(value, str):
            return value
    return ""


def _parser(name: str) -> Callable[[bytes], Any]:
    kind = message(name)

    def parse(data: bytes) -> Any:
        """The message; None: it is none. An exception here would be the server's fault to gRPC."""
        try:
            return kind.FromString(data)
        except DecodeError:
            return None

    return parse


def _serialized(answer: Any) -> bytes:
    data: bytes = answer.SerializeToString()
    return data
