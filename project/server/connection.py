"""One HTTP connection: counted, bounded in time, its refusals seen by the client."""

# mypy: allow-untyped-calls
# Twisted ships as typed, but this class has no annotations.

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel

from consumers.cross_origin import CrossOrigin
from project.server.access import log_request
from project.server.clients import Place
from project.server.crowd import Crowd
from project.server.errors import Refusal, refusal
from project.server.limits import Deadlines

_CROWDED_LINGER: Final = 1.0
"""Seconds that a connection too many may stay."""


class Connection(HTTPChannel):
    """An HTTP/1.1 connection that nobody can hold open for ever by being slow."""

    transport: Any
    """A TCP transport; Twisted's declared interface names less than it can do."""
    _networkProducer: Any  # noqa: N815  # Twisted's name

    def __init__(
        self,
        *,
        deadlines: Deadlines,
        crowd: Crowd,
        cross_origin: CrossOrigin,
        trusted_proxies: int,
        connections: set["Connection"],
        count_refused: Callable[[int], None],
    ) -> None:
        """Makes a connection that is in `connections` for as long as it is open and HTTP.

        `crowd` gives a place to each connection and, for its address, another one to it or, behind
        trusted proxies, to each request.
        `count_refused` is told the status of each request that is refused here.
        """
        super().__init__()
        self.trusted_proxies = trusted_proxies
        self.is_refused = False
        """Whether the last answer of this connection has been given."""
        self.client: str | None = None
        """The address of who asks, as far as it can be believed; None before the first headers."""
        self._deadlines = deadlines
        self._crowd = crowd
        self._cross_origin = cross_origin
        self._connections = connections
        self._count_refused = count_refused
        self._place: Place | None = None
        """Among all connections."""
        self._address_place: Place | None = None
        self._is_stopping = False
        self._deadline: asyncio.TimerHandle | None = None
        self._writable = asyncio.Event()
        self._writable.set()

    # Being there

    def connectionMade(self) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback: the connection is there; a request's headers are due."""
        self._connections.add(self)
        super().connectionMade()
        self.expect(self._deadlines.headers)
        self._place = self._crowd.enter()
        if self._place is None:
            self.refuse_with(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "too_many_connections",
                "The server has as many connections as it can hold: try again later.",
                linger=_CROWDED_LINGER,
            )
        elif self.trusted_proxies or self.enter(self.peer):
            self.wait()

    def enter(self, address: str | None) -> bool:
        """Takes a place for this address; False: it has too many, and is refused."""
        self._leave_address()
        self._address_place = self._crowd.enter_address(
            address, holds_while_waiting=not self.trusted_proxies
        )
        if self._address_place is None:
            self.refuse_with(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too_many_connections",
                f"This address has {self._crowd.of_an_address} connections open already.",
                linger=_CROWDED_LINGER,
            )
        return self._address_place is not None

    def _leave_address(self) -> None:
        if self._address_place is not None:
            self._address_place.leave()

    def wait(self) -> None:
        """Begins to wait for a request; until its head has come, another one may have the place."""
        self._crowd.waits(self, self.peer)

    def make_room(self) -> None:
        """Closes a connection that waits for a request: its places are somebody else's now."""
        self.is_refused = True
        for request in self.requests:
            request.forget()
        for place in self.hand_over():
            place.leave()
        self.setTimeout(None)
        self.transport.loseConnection()
        # What was answered may still be on its way to a client that does not read.
        self._deadline = asyncio.get_running_loop().call_later(
            _CROWDED_LINGER, self.transport.abortConnection
        )

    def expect(self, seconds: float | None) -> None:
        """Gives what is awaited now this long; None: as long as it takes."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = (
            None
            if seconds is None
            else asyncio.get_running_loop().call_later(seconds, self.timeoutConnection)
        )

    # Refusing

    @property
    def path(self) -> bytes:
        """The path of the request that is arriving; empty before its first line."""
        path: bytes = getattr(self, "_path", b"")
        return path.partition(b"?")[0]

    @property
    def peer(self) -> str | None:
        """The address at the other end of the connection."""
        return getattr(self.transport.getPeer(), "host", None)

    def timeoutConnection(self) -> None:  # noqa: N802  # Twisted's name
        """Ends a connection that is silent or too slow; with an answer if a request had begun."""
        if self.requests and not self._handlingRequest:
            message = "The request did not arrive in time."
            self.refuse_with(HTTPStatus.REQUEST_TIMEOUT, "request_timeout", message)
        else:
            super().timeoutConnection()

    def refuse_with(
        self, status: HTTPStatus, code: str, message: str, linger: float | None = None
    ) -> None:
        """Refuses with an error that the server words itself."""
        self.refuse(refusal(status, code, message, self.path), linger)

    def refuse(self, verdict: Refusal, linger: float | None = None) -> None:
        """Answers the arriving request with an error and ends the connection.

        What the client still sends is thrown away for a while (`linger`, in seconds): closing at
        once would reset the connection, and the client would never see the answer.
        """
        if self.is_refused:
            return
        self.is_refused = True
        for request in self.requests:
            request.forget()
        self._count_refused(verdict.status)
        self.setTimeout(None)
        response = verdict.response(self._for_pages())
        self.transport.write(response)
        self.transport.loseWriteConnection()
        self._networkProducer.resumeProducing()
        self.expect(None)
        self._deadline = asyncio.get_running_loop().call_later(
            self._deadlines.linger if linger is None else linger, self.transport.abortConnection
        )
        command: bytes = getattr(self, "_command", b"-")
        log_request(
            method=command.decode("latin-1"),
            path=self.path.decode("latin-1"),
            status=verdict.status,
            seconds=0,
            client=self.client or self.peer,
            size=len(response),
        )

    def _for_pages(self) -> Mapping[str, str]:
        """What browsers are told of pages of other origins, as by any answer of the application."""
        origin = self.requests[-1].origin if self.requests else None
        return self._cross_origin.of_answer(self.path.decode("latin-1"), origin)

    # Answering

    def writeHeaders(  # noqa: N802  # Twisted's name
        self, version: bytes, code: bytes, reason: bytes, headers: Any
    ) -> None:
        """Twisted's callback: once the server stops, an answer says that it is the last."""
        if self._is_stopping:
            self.persistent = False
            headers.setRawHeaders(b"Connection", [b"close"])
        super().writeHeaders(version, code, reason, headers)

    def pauseProducing(self) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback: the client reads more slowly than we write."""
        self._writable.clear()
        super().pauseProducing()

    def resumeProducing(self) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback: the client has caught up."""
        self._writable.set()
        super().resumeProducing()

    async def drained(self) -> None:
        """Waits until the client has read what was written; a client that never does is cut off."""
        try:
            await asyncio.wait_for(self._writable.wait(), self._deadlines.idle)
        except TimeoutError:
            self.transport.abortConnection()

    def requestDone(self, request: Any) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback: a request is answered."""
        if self.trusted_proxies:
            self._leave_address()
        self.wait()
        super().requestDone(request)

    # Ending

    def stop(self) -> None:
        """Ends the connection as soon as the request under way, if any, is answered."""
        self._is_stopping = True
        if not self.requests:
            self.loseConnection()

    def hand_over(self) -> tuple[Place, ...]:
        """The connection goes on as a websocket, with this connection's places.

        This object has no part in it any more.
        """
        self.expect(None)
        self._crowd.waits_no_more(self)
        self._connections.discard(self)
        return tuple(place for place in (self._place, self._address_place) if place is not None)

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback: the connection is gone."""
        for place in self.hand_over():
            place.leave()
        self.is_refused = True
        self._writable.set()
        super().connectionLost(reason)
