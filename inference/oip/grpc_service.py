"""inference.GRPCInferenceService: from gRPC's calls to the data plane's."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, Final

from inference.oip import data_plane
from inference.oip.access import Authenticate, credential
from inference.oip.admission import Admission
from inference.oip.computing import Report
from inference.oip.data_plane import DataPlane
from inference.oip.grpc_call import (
    MAX_MESSAGE_BYTES,
    Call,
    Intake,
    Places,
    Share,
    Unary,
    streaming,
    unary,
)
from inference.oip.grpc_tracing import call_span
from inference.oip.serialization import parsed, serialized
from inference.oip.streaming import Stream

PROTOCOL_KEY: Final = "darkroom-protocol"
"""The metadata by which a forwarding web server says that the call came to it by REST."""
PROTOCOLS: Final = frozenset({"grpc", "rest"})

MAX_STREAMS: Final = 64
"""Of requests, at once."""
_AT_ONCE: Final = 32
"""Requests of people on their way: each may be as large as any."""
_SECONDS: Final = 300.0
"""So long may each of them take."""

Behavior = Callable[[Call], Awaitable[Any]]
"""From a call to a message."""


class Service:
    """The service's methods."""

    def __init__(
        self, plane: DataPlane, authenticate: Authenticate, bodies: Admission, anybody: Intake
    ) -> None:
        """`bodies`: what requests may hold. `anybody`: takes in those of whom nobody knows."""
        self._plane = plane
        self._authenticate = authenticate
        self._anybody = anybody
        self._known = Intake(
            bodies, at_once=_AT_ONCE, seconds=_SECONDS, max_bytes=MAX_MESSAGE_BYTES
        )
        self._streamed = Intake(
            bodies, at_once=MAX_STREAMS, seconds=None, max_bytes=MAX_MESSAGE_BYTES
        )
        self._streams = Places(MAX_STREAMS, "streams")
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

    @property
    def is_idle(self) -> bool:
        """Whether no call of the service runs."""
        return self._idle.is_set()

    def methods(self) -> dict[str, Any]:
        """The handlers of methods, by name.

        Nothing is taken in of a caller whom nobody knows where somebody must be known, and large
        messages are parsed and written beside the event loop.
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
        methods = {name: self._of_anybody(name, answer) for name, answer in opened.items()}
        methods |= {name: self._of_somebody(name, answer) for name, answer in known.items()}
        methods |= {name: self._named(name, answer) for name, answer in named.items()}
        return {**methods, "ModelStreamInfer": streaming(self._stream, self._streamed)}

    # Who may call.

    def _of_anybody(self, name: str, answer: Callable[[Any], Any]) -> Any:
        async def behave(call: Call) -> Any:
            return answer(await _request(name, call))

        return unary(self._answering(name, behave), self._anybody)

    def _of_somebody(self, name: str, answer: Callable[[Any], Any]) -> Any:
        async def behave(call: Call) -> Any:
            await self._authenticate(_head(call.metadata)[0], call.address)
            return answer(await _request(name, call))

        return unary(self._answering(name, behave), self._known)

    def _named(self, name: str, answer: Callable[[Any, data_plane.Call], Awaitable[Any]]) -> Any:
        async def behave(call: Call) -> Any:
            token, protocol = _head(call.metadata)
            caller = await self._authenticate(token, call.address)
            return await answer(await _request(name, call), data_plane.Call(caller, protocol))

        return unary(self._answering(name, behave), self._known)

    # How calls run and end.

    def _answering(self, name: str, behavior: Behavior) -> Unary:
        async def behave(call: Call) -> bytes:
            answers = self._note(call)
            with call_span(name, call.metadata):
                data = await serialized(await behavior(call))
            answers.hold(len(data))
            return data

        return behave

    async def _stream(self, call: Call) -> None:
        token, protocol = _head(call.metadata)

        async def infer(request: Any, report: Report) -> Any:
            # With each request: a sign-in may end while its stream lives.
            with call_span("ModelStreamInfer", call.metadata):
                caller = await self._authenticate(token, call.address)
                return await self._plane.infer(request, data_plane.Call(caller, protocol), report)

        async def write(answer: Any) -> None:
            data = await serialized(answer)
            answers.hold(len(data))
            await call.write(data)
            answers.let_go()

        answers = self._note(call)
        await self._authenticate(token, call.address)
        with self._streams:
            await Stream(infer, write).run(_parsed_all(call.requests()), self._draining)

    def _note(self, call: Call) -> Share:
        """Counts a call as running until its answer is sent."""
        self._running += 1
        self.was_called = True
        self._idle.clear()
        answers = Share(self._plane.answers)
        call.when_over(lambda: self._forget(answers))
        return answers

    def _forget(self, answers: Share) -> None:
        answers.let_go()
        self._running -= 1
        if not self._running:
            self._idle.set()


async def _request(name: str, call: Call) -> Any:
    return await parsed(f"{name}Request", await call.request())


def _head(metadata: Iterable[tuple[str, str | bytes]]) -> tuple[str, str]:
    """A call's token or API key, empty where it has none, and its protocol: `grpc` or `rest`."""
    told: dict[str, str] = {}
    for key, value in metadata:
        if isinstance(value, str):
            told.setdefault(key, value)
    protocol = told.get(PROTOCOL_KEY, "grpc")
    return (
        credential(told.get("authorization", "")),
        protocol if protocol in PROTOCOLS else "grpc",
    )


async def _parsed_all(requests: AsyncIterator[bytes]) -> AsyncIterator[Any]:
    async for data in requests:
        yield await parsed("ModelInferRequest", data)
