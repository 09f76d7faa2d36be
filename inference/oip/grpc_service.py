"""inference.GRPCInferenceService: from gRPC's calls to the data plane's."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

from inference.http2.headers import Fields
from inference.oip import data_plane
from inference.oip.access import Authenticate, credential
from inference.oip.admission import Admission
from inference.oip.computing import Report
from inference.oip.data_plane import DataPlane
from inference.oip.grpc_call import Call, Method, Unary
from inference.oip.messages import SERVICE
from inference.oip.serialization import parsed, serialized
from inference.oip.streaming import Stream

PROTOCOL_KEY: Final = "darkroom-protocol"
"""The metadata by which a forwarding web server says that the call came to it by REST."""
PROTOCOLS: Final = frozenset({"grpc", "rest"})

Behavior = Callable[[bytes, Call], Awaitable[Any]]
"""From a serialized request to a message."""


class Service:
    """The service's methods."""

    def __init__(self, plane: DataPlane, authenticate: Authenticate) -> None:
        self._plane = plane
        self._authenticate = authenticate
        self._running = 0
        self.was_called = False
        """Whether anybody ever called."""
        self._idle = asyncio.Event()
        self._idle.set()
        self._draining = asyncio.Event()

    def drain(self) -> None:
        """It takes no more work from now on; streams end with what runs."""
        self._draining.set()
        self._plane.drain()

    async def until_idle(self) -> None:
        """Returns when no call of the service runs."""
        await self._idle.wait()

    def methods(self) -> dict[str, Method]:
        """By their paths.

        Nothing is parsed for a caller whom nobody knows, and large messages are parsed and written
        beside the event loop.
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
        named: dict[str, Callable[[Any, data_plane.Call], Awaitable[Any]]] = {
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
        methods = {
            name: Method(unary=self._answering(behavior)) for name, behavior in unary.items()
        }
        methods["ModelStreamInfer"] = Method(streaming=self._stream)
        return {f"/{SERVICE}/{name}": method for name, method in methods.items()}

    # Who may call.

    def _open(self, name: str, answer: Callable[[Any], Any]) -> Behavior:
        async def behave(data: bytes, _call: Call) -> Any:
            return answer(await parsed(name, data))

        return behave

    def _known(self, name: str, answer: Callable[[Any], Any]) -> Behavior:
        async def behave(data: bytes, call: Call) -> Any:
            await self._authenticate(_head(call.metadata)[0])
            return answer(await parsed(name, data))

        return behave

    def _named(
        self, name: str, answer: Callable[[Any, data_plane.Call], Awaitable[Any]]
    ) -> Behavior:
        async def behave(data: bytes, call: Call) -> Any:
            token, protocol = _head(call.metadata)
            caller = await self._authenticate(token)
            return await answer(await parsed(name, data), data_plane.Call(caller, protocol))

        return behave

    # How calls run and end.

    def _answering(self, behavior: Behavior) -> Unary:
        async def behave(data: bytes, call: Call) -> bytes:
            answers = self._note(call)
            return answers.hold(await serialized(await behavior(data, call)))

        return behave

    async def _stream(self, requests: AsyncIterator[bytes], call: Call) -> None:
        token, protocol = _head(call.metadata)

        async def infer(request: Any, report: Report) -> Any:
            # With each request: a sign-in may end while its stream lives.
            caller = await self._authenticate(token)
            return await self._plane.infer(request, data_plane.Call(caller, protocol), report)

        async def write(answer: Any) -> None:
            await call.write(answers.hold(await serialized(answer)))
            answers.let_go()

        answers = self._note(call)
        await self._authenticate(token)
        await Stream(infer, write).run(_parsed_all(requests), self._draining)

    def _note(self, call: Call) -> "_Answers":
        """Counts a call as running until its answer is sent."""
        self._running += 1
        self.was_called = True
        self._idle.clear()
        answers = _Answers(self._plane.answers)
        call.when_closed(lambda: self._forget(answers))
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


def _head(metadata: Fields) -> tuple[str, str]:
    """A call's token or API key, empty where it has none, and its protocol: `grpc` or `rest`."""
    told: dict[str, str] = {}
    for key, value in metadata:
        told.setdefault(key, value)
    protocol = told.get(PROTOCOL_KEY, "grpc")
    return (
        credential(told.get("authorization", "")),
        protocol if protocol in PROTOCOLS else "grpc",
    )


async def _parsed_all(requests: AsyncIterator[bytes]) -> AsyncIterator[Any]:
    async for data in requests:
        yield await parsed("ModelInferRequest", data)
