"""inference.GRPCInferenceService: from gRPC's calls and statuses to the data plane's."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

import grpc

from inference.oip.access import Authenticate
from inference.oip.admission import Admission
from inference.oip.computing import Report
from inference.oip.data_plane import Call, DataPlane
from inference.oip.errors import UNEXPECTED, ProtocolError, Status
from inference.oip.limits import MAX_MESSAGE_CHARACTERS
from inference.oip.messages import SERVICE
from inference.oip.serialization import parsed, serialized
from inference.oip.streaming import Stream

logger = logging.getLogger("darkroom.grpc")

CODES: Final[Mapping[Status, grpc.StatusCode]] = {
    status: grpc.StatusCode[status.name] for status in Status
}
PROTOCOL_KEY: Final = "darkroom-protocol"
"""The metadata by which a forwarding web server says that the call came to it by REST."""
PROTOCOLS: Final = frozenset({"grpc", "rest"})
ANSWERED_KEY: Final = "darkroom-answered"
"""Trailing metadata of a refusal that is the server's own: the call was not lost on the way."""

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
Behavior = Callable[[bytes, Context], Awaitable[Any]]
"""From a serialized request to a message."""


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
        """All methods, for a server.

        Without serializers: nothing is parsed for a caller whom nobody knows, and large messages
        are parsed and written beside the event loop.
        """
        plane = self._plane
        opened: dict[str, Callable[[Any], Any]] = {
            "ServerLive": plane.server_live,
            "ServerReady": plane.server_ready,
            "ServerMetadata": plane.server_metadata,
        }
        known: dict[str, Callable[[Any], Any]] = {
            "ModelReady": plane.model_ready,
            "ModelMetadata": plane.model_metadata,
            "ModelConfig": plane.model_config,
            "ModelStatistics": plane.model_statistics,
        }
        named: dict[str, Callable[[Any, Call], Awaitable[Any]]] = {
            "RepositoryIndex": plane.repository_index,
            "RepositoryModelLoad": plane.load,
            "RepositoryModelUnload": plane.unload,
            "ModelInfer": plane.infer,
        }
        unary = {
            **{name: self._open(f"{name}Request", call) for name, call in opened.items()},
            **{name: self._known(f"{name}Request", call) for name, call in known.items()},
            **{name: self._named(f"{name}Request", call) for name, call in named.items()},
        }
        methods: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
            name: grpc.unary_unary_rpc_method_handler(self._answering(behavior), None, None)
            for name, behavior in unary.items()
        }
        methods["ModelStreamInfer"] = grpc.stream_stream_rpc_method_handler(
            self._stream, None, None
        )
        return grpc.method_handlers_generic_handler(SERVICE, methods)

    # Who may call.

    def _open(self, name: str, call: Callable[[Any], Any]) -> Behavior:
        async def behave(data: bytes, _context: Context) -> Any:
            return call(await parsed(name, data))

        return behave

    def _known(self, name: str, call: Callable[[Any], Any]) -> Behavior:
        async def behave(data: bytes, context: Context) -> Any:
            await self._authenticate(_head(context)[0])
            return call(await parsed(name, data))

        return behave

    def _named(self, name: str, call: Callable[[Any, Call], Awaitable[Any]]) -> Behavior:
        async def behave(data: bytes, context: Context) -> Any:
            token, protocol = _head(context)
            caller = await self._authenticate(token)
            return await call(await parsed(name, data), Call(caller, protocol))

        return behave

    # How calls run and end.

    def _answering(self, behavior: Behavior) -> Behavior:
        async def behave(data: bytes, context: Context) -> Any:
            answers = self._note(context)
            try:
                return answers.hold(await serialized(await behavior(data, context)))
            except ProtocolError as error:
                refusal = error
            except Exception:
                logger.exception("a call failed")
                refusal = UNEXPECTED
            return await _abort(context, refusal)

        return behave

    async def _stream(self, requests: AsyncIterator[bytes], context: Context) -> None:
        token, protocol = _head(context)

        async def infer(request: Any, report: Report) -> Any:
            # With each request: a sign-in may end while its stream lives.
            call = Call(await self._authenticate(token), protocol)
            return await self._plane.infer(request, call, report)

        async def write(answer: Any) -> None:
            await context.write(answers.hold(await serialized(answer)))
            answers.let_go()

        answers = self._note(context)
        try:
            await self._authenticate(token)
            await Stream(infer, write).run(_parsed_all(requests), self._draining)
        except ProtocolError as error:
            refusal = error
        except Exception:
            logger.exception("a stream failed")
            refusal = UNEXPECTED
        else:
            return
        await _abort(context, refusal)

    def _note(self, context: Context) -> "_Answers":
        """Counts a call as running until its answer is sent."""
        self._running += 1
        self.was_called = True
        self._idle.clear()
        answers = _Answers(self._plane.answers)
        context.add_done_callback(
            lambda _: self._forget(answers)  # type: ignore[arg-type]  # any function does
        )
        return answers

    def _forget(self, answers: "_Answers") -> None:
        answers.let_go()
        self._running -= 1
        if not self._running:
            self._idle.set()


class _Answers:
    """What a call's answers hold of the budget of all."""

    def __init__(self, budget: Admission) -> None:
        self._budget = budget
        self._held = 0

    def hold(self, answer: bytes) -> bytes:
        """An answer that is to be sent; its bytes are held until `let_go`.

        Raises:
            ProtocolError: RESOURCE_EXHAUSTED: so much is not left.
        """
        self._budget.take(len(answer))
        self._held += len(answer)
        return answer

    def let_go(self) -> None:
        """All of it is sent, or never will be."""
        self._budget.give_back(self._held)
        self._held = 0


async def _abort(context: Context, error: ProtocolError) -> Any:
    message = error.message[:MAX_MESSAGE_CHARACTERS]
    await context.abort(CODES[error.status], message, trailing_metadata=((ANSWERED_KEY, "1"),))


def _head(context: Context) -> tuple[str, str]:
    """A call's bearer token, empty where it has none, and its protocol: `grpc` or `rest`."""
    told: dict[str, str] = {}
    for key, value in context.invocation_metadata() or ():
        if isinstance(value, str):
            told.setdefault(key, value)
    scheme, _, token = told.get("authorization", "").partition(" ")
    protocol = told.get(PROTOCOL_KEY, "grpc")
    return (
        token.strip() if scheme.lower() == "bearer" else "",
        protocol if protocol in PROTOCOLS else "grpc",
    )


async def _parsed_all(requests: AsyncIterator[bytes]) -> AsyncIterator[Any]:
    async for data in requests:
        yield await parsed("ModelInferRequest", data)
