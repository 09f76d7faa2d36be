"""The protocol's REST calls, answered from one data plane: of no HTTP library.

A worker's own endpoint serves them; the web's (`consumers.oip.views`) asks all workers.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, TypeVar

from inference.oip import rest_documents
from inference.oip.access import Authenticate, RefuseHost, credential
from inference.oip.data_plane import Call, DataPlane
from inference.oip.errors import ProtocolError
from inference.oip.messages import message
from inference.oip.rest import InferCall, read_infer
from inference.oip.rest_http import (
    GET,
    JSON_LENGTH,
    SMALL_BYTES,
    Refused,
    Reply,
    Request,
    error,
    infer_reply,
    json_length,
    plain_body,
    refusal,
)
from inference.oip.rest_paths import nothing, only, parts_of
from inference.oip.rest_raw import read_raw
from tracing import spans
from tracing.methods import attribute_of, word_of
from tracing.spans import Kind
from tracing.traceparent import TRACEPARENT_KEY

T = TypeVar("T")

logger = logging.getLogger("darkroom.rest")

_PROTOCOL: Final = "rest"
_PROBES: Final = "/v2/health/"
"""Of them there are no spans."""
ModelReadyRequest: Final = message("ModelReadyRequest")
ModelMetadataRequest: Final = message("ModelMetadataRequest")
ModelConfigRequest: Final = message("ModelConfigRequest")
ModelStatisticsRequest: Final = message("ModelStatisticsRequest")
RepositoryIndexRequest: Final = message("RepositoryIndexRequest")


Answer = Callable[[Request, Call], Awaitable[Reply]]


class RestService:
    """Answers requests; what cannot be answered is a reply too."""

    def __init__(
        self, plane: DataPlane, authenticate: Authenticate, refuse_host: RefuseHost
    ) -> None:
        self._plane = plane
        self._authenticate = authenticate
        self._refuse_host = refuse_host
        # Few threads: parsed JSON is large, and a bounded number of them holds it at once.
        self._codec = ThreadPoolExecutor(2, thread_name_prefix="oip-codec")

    def close(self) -> None:
        """Let go of its threads."""
        self._codec.shutdown(wait=False)

    async def reply(self, request: Request) -> Reply:
        """What this request is answered."""
        if not spans.is_on() or request.path.startswith(_PROBES):
            return await self._answered(request)
        with spans.span(
            f"{word_of(request.method)} /v2",
            Kind.SERVER,
            parent=request.headers.get(TRACEPARENT_KEY),
            attributes={"http.request.method": attribute_of(request.method)},
        ) as span:
            reply = await self._answered(request)
            span.note({"http.response.status_code": reply.status})
            if reply.status >= 500:
                span.fail(str(reply.status))
        return reply

    async def _answered(self, request: Request) -> Reply:
        try:
            return await self._reply(request)
        except ProtocolError as problem:
            return refusal(problem)
        except Refused as problem:
            return error(problem.status, problem.message, **problem.headers)
        except Exception:
            logger.exception("a request failed")
            return error(500, "The server failed on this request.")

    async def _reply(self, request: Request) -> Reply:
        # No browser leaves it out: what has none is a program, such as a probe.
        host = request.headers.get("Host")
        if host is not None and (reason := self._refuse_host(host)):
            raise Refused(400, reason)
        parts = parts_of(request.path)
        match parts:
            case []:
                return self._open(request, rest_documents.server_metadata())
            case ["health", "live"]:
                return self._open(request, rest_documents.server_live())
            case ["health", "ready"]:
                is_ready = self._plane.server_ready(None).ready
                return self._open(request, rest_documents.server_ready(is_ready=is_ready))
            case _:
                methods, answer = self._known(parts)
        only(request.method, *methods)
        # Nothing of a body is read for a caller whom nobody knows.
        token = credential(request.headers.get("Authorization", ""))
        caller = await self._authenticate(token, request.address)
        return await answer(request, Call(caller, _PROTOCOL))

    def _open(self, request: Request, reply: Reply) -> Reply:
        """For everybody."""
        only(request.method, *GET)
        return reply

    def _known(self, parts: list[str]) -> tuple[tuple[str, ...], Answer]:
        """The methods that are offered at an address, and what answers them.

        Raises:
            Refused: 404.
        """
        match parts:
            case ["models", "stats"]:
                return GET, self._statistics("", "")
            case ["models", model, "versions", version, *rest]:
                return self._of_model(model, version, rest)
            case ["models", model, *rest] if rest != ["trace", "setting"]:
                return self._of_model(model, "", rest)
            case ["repository", "index"]:
                return ("POST",), self._index
            case ["repository", "models", model, ("load" | "unload") as command]:
                return ("POST",), self._command(command, model)
            case (
                ["logging"]
                | ["trace", "setting"]
                | ["models", _, "trace", "setting"]
                | [("systemsharedmemory" | "cudasharedmemory"), *_]
            ):
                return (), _not_served
            case _:
                raise nothing()

    def _of_model(
        self, model: str, version: str, rest: list[str]
    ) -> tuple[tuple[str, ...], Answer]:
        plane = self._plane
        match rest:
            case ["infer"]:
                return ("POST",), self._infer(model, version)
            case ["ready"]:
                ready = ModelReadyRequest(name=model, version=version)
                return GET, _told(
                    lambda: rest_documents.model_ready(model, plane.model_ready(ready))
                )
            case ["config"]:
                wanted = ModelConfigRequest(name=model, version=version)
                return GET, _told(lambda: rest_documents.model_config(plane.model_config(wanted)))
            case ["stats"]:
                return GET, self._statistics(model, version)
            case []:
                one = ModelMetadataRequest(name=model, version=version)
                return GET, _told(lambda: rest_documents.model_metadata(plane.model_metadata(one)))
            case _:
                raise nothing()

    def _statistics(self, model: str, version: str) -> Answer:
        wanted = ModelStatisticsRequest(name=model, version=version)
        return _told(lambda: rest_documents.statistics([self._plane.model_statistics(wanted)]))

    def _infer(self, model: str, version: str) -> Answer:
        async def answer(request: Request, call: Call) -> Reply:
            json_bytes = json_length(request.headers.get(JSON_LENGTH))
            config = None
            if json_bytes == 0:
                named = ModelConfigRequest(name=model, version=version)
                config = self._plane.model_config(named).config

            def read(body: bytes) -> InferCall:
                if config is not None:
                    return read_raw(body, config, model, version)
                return read_infer(body, json_bytes, model, version)

            wanted = await self._from_body(request, read)
            response = await self._plane.infer(wanted.request, call)
            accept = request.headers.get("Accept-Encoding", "")
            return await self._off_the_loop(
                lambda: infer_reply(response, wanted.form, accept),
                small=response.ByteSize() <= SMALL_BYTES,
            )

        return answer

    async def _index(self, request: Request, call: Call) -> Reply:
        ready = await self._from_body(request, rest_documents.asks_for_ready)
        response = await self._plane.repository_index(RepositoryIndexRequest(), call)
        return rest_documents.repository_index([response], ready=ready)

    def _command(self, command: str, model: str) -> Answer:
        async def answer(request: Request, call: Call) -> Reply:
            wanted = await self._from_body(
                request, partial(rest_documents.command_of, command, model)
            )
            await (self._plane.load if command == "load" else self._plane.unload)(wanted, call)
            return Reply(b"")

        return answer

    async def _from_body(self, request: Request, read: Callable[[bytes], T]) -> T:
        """What is read of a body, without its coding."""
        body, coding = await request.body(), request.headers.get("Content-Encoding", "")
        if coding:
            body = await self._off_the_loop(partial(plain_body, body, coding), small=False)
            request.hold(len(body))
        return await self._off_the_loop(
            lambda: read(plain_body(body, "")), small=len(body) <= SMALL_BYTES
        )

    async def _off_the_loop(self, call: Callable[[], T], *, small: bool) -> T:
        if small:
            return call()
        return await asyncio.get_running_loop().run_in_executor(self._codec, call)


def _told(tell: Callable[[], Reply]) -> Answer:
    async def answer(_request: Request, _call: Call) -> Reply:
        return tell()

    return answer


async def _not_served(_request: Request, _call: Call) -> Any:
    raise rest_documents.not_served()
