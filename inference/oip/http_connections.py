"""Connections of a worker's own HTTP server, by aiohttp's low-level server."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from typing import Final

from aiohttp import web
from aiohttp.web_protocol import RequestPayloadError, _ErrInfo
from aiohttp.web_request import BaseRequest
from multidict import CIMultiDict

from inference.oip.access import Authenticate, CrossOrigin, RefuseHost
from inference.oip.admission import Admission
from inference.oip.data_plane import DataPlane
from inference.oip.errors import ProtocolError
from inference.oip.http_incoming import Incoming
from inference.oip.rest_http import Reply, error, refusal
from inference.oip.rest_service import RestService

logger = logging.getLogger("darkroom.rest")

MAX_CONNECTIONS: Final = 200
"""At once. What comes on top has the place of who waits longest for a request, if anybody does: not
so many of an address, since the web or a proxy may be the only one."""
_KEEP_ALIVE_SECONDS: Final = 75.0
"""From a connection's beginning, or an answer, to the end of the next request's head."""
_UNREAD_SECONDS: Final = 60.0
"""Who reads nothing of an answer for so long is hung up on."""
_LAST_WORDS_SECONDS: Final = 0.5
"""For answers that are on their way."""


class Connections:
    """Serves a data plane to each. To be made on the event loop that they run on."""

    def __init__(
        self,
        plane: DataPlane,
        authenticate: Authenticate,
        refuse_host: RefuseHost,
        cross_origin: CrossOrigin,
    ) -> None:
        self._service = RestService(plane, authenticate, refuse_host)
        self._cross_origin = cross_origin
        self._bodies = Admission()
        self._answers = plane.answers
        self._manager = web.Server(self._answer, handler_cancellation=True)
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def new(self) -> asyncio.Protocol:
        """What serves one more."""
        connections = [one for one in self._manager.connections if isinstance(one, _Connection)]
        if sum(not one.is_closing for one in connections) >= MAX_CONNECTIONS:
            waiting = [one for one in connections if one.is_waiting]
            if not waiting:
                return _Refusing()
            min(waiting, key=lambda one: one.waits_until).force_close()
        return _Connection(
            self._manager,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=_KEEP_ALIVE_SECONDS,
            auto_decompress=False,
            access_log=None,  # type: ignore[arg-type]  # which means none
        )

    async def stop(self, grace_seconds: float) -> None:
        """Let what runs finish within the grace, and hang up."""
        try:
            async with asyncio.timeout(grace_seconds):
                await self._idle.wait()
        except TimeoutError:
            logger.warning("requests called off", extra={"count": self._running})
        self._manager.pre_shutdown()
        await self._manager.shutdown(_LAST_WORDS_SECONDS)
        self._service.close()

    async def _answer(self, request: BaseRequest) -> web.StreamResponse:
        """Sends an answer too: a request runs, and its answer holds memory, until that is sent."""
        self._running += 1
        self._idle.clear()
        try:
            return await self._answered(request)
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()

    async def _answered(self, request: BaseRequest) -> web.StreamResponse:
        incoming = Incoming(request, self._bodies)
        origin = request.headers.get("Origin")
        asked = self._cross_origin.of_preflight(
            request.method,
            incoming.path,
            origin,
            request.headers.get("Access-Control-Request-Method"),
        )
        if asked is not None:
            return web.Response(status=204, headers=asked)
        for_pages = self._cross_origin.of_answer(incoming.path, origin)
        try:
            reply = await self._service.reply(incoming)
        finally:
            incoming.forget()
        try:
            with self._answers.admitted(len(reply.content)):
                return await _sent(request, reply, for_pages, closes=incoming.is_broken)
        except ProtocolError as problem:
            return _response_of(refusal(problem), for_pages)


class _Connection(web.RequestHandler):
    """A connection whose errors have the protocol's shape, and that waits for nobody for ever."""

    _hanging_up: asyncio.TimerHandle | None = None

    @property
    def is_closing(self) -> bool:
        """Whether it has been hung up on."""
        return self._force_close

    @property
    def is_waiting(self) -> bool:
        """Whether it has no request, or not the whole head of one."""
        return not self._force_close and self._current_request is None and not self._messages

    @property
    def waits_until(self) -> float:
        """When its time for the next request ends, by the event loop's clock."""
        return self._next_keepalive_close_time

    def data_received(self, data: bytes) -> None:
        """More of a request, or of its body: whoever waits for that learns that it is malformed."""
        super().data_received(data)
        request = self._current_request
        if request is None or request.content.is_eof() or not self._messages:
            return
        if isinstance(self._messages[-1][0], _ErrInfo):
            request.content.set_exception(RequestPayloadError())

    def pause_writing(self) -> None:
        """Its client does not read."""
        super().pause_writing()
        if self._hanging_up is None and isinstance(self.transport, asyncio.Transport):
            loop = asyncio.get_running_loop()
            self._hanging_up = loop.call_later(_UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It reads again."""
        self._read_again()
        super().resume_writing()

    def connection_lost(self, exc: BaseException | None) -> None:
        """It is gone."""
        self._read_again()
        super().connection_lost(exc)

    def _read_again(self) -> None:
        if self._hanging_up is not None:
            self._hanging_up.cancel()
            self._hanging_up = None

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What is no sound HTTP, or went wrong outside of the service."""
        if status >= 500:
            logger.error("a connection failed", exc_info=exc)
        words = "The request is not HTTP." if status < 500 else "The server failed on this request."
        response = _response_of(error(status, words), {})
        response.force_close()
        return response


class _Refusing(asyncio.Protocol):
    """One connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Closes it."""
        transport.close()


async def _sent(
    request: BaseRequest, reply: Reply, for_pages: Mapping[str, str], *, closes: bool
) -> web.StreamResponse:
    response = _response_of(reply, for_pages)
    if closes:
        response.force_close()
    with contextlib.suppress(ConnectionError):  # the client has gone, which aiohttp finds as well
        await response.prepare(request)
        await response.write_eof()
    return response


def _response_of(reply: Reply, for_pages: Mapping[str, str]) -> web.Response:
    headers = CIMultiDict(reply.all_headers())
    # Not in the place of its own: an answer may vary by more than the origin.
    headers.extend(for_pages)
    return web.Response(body=reply.content, status=reply.status, headers=headers)
