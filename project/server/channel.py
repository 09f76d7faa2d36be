"""One HTTP connection: deadlines while a request arrives, refusals that the client gets to see."""

# mypy: allow-untyped-calls
# Twisted ships as typed, but this class has no annotations.

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel

from project.server.access import log_request
from project.server.errors import error_response
from project.server.limits import BodyLimits, Deadlines


class Channel(HTTPChannel):
    """An HTTP/1.1 connection that nobody can hold open for ever by sending slowly."""

    transport: Any
    """A TCP transport; Twisted's declared interface names less than it can do."""

    def __init__(
        self,
        *,
        limits: BodyLimits,
        deadlines: Deadlines,
        connections: set["Channel"],
        count_refused: Callable[[int], None],
    ) -> None:
        """Makes a connection that is in `connections` for as long as it is open and HTTP.

        `count_refused` is told the status of each request that is refused here.
        """
        super().__init__()
        self._limits = limits
        self._deadlines = deadlines
        self._connections = connections
        self._count_refused = count_refused
        self._is_stopping = False
        self._deadline: asyncio.TimerHandle | None = None
        self._is_refused = False
        self._writable = asyncio.Event()
        self._writable.set()

    # Arriving

    def connectionMade(self) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback: the connection is there; a request's headers are due."""
        self._connections.add(self)
        super().connectionMade()
        self._expect(self._deadlines.headers)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback: the first bytes of a further request start its deadline."""
        if self._is_refused:
            return
        if not self._handlingRequest and self._deadline is None:
            self._expect(self._deadlines.headers)
        super().dataReceived(data)

    def lineReceived(self, line: bytes) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback for each line of a request's head."""
        if not self._is_refused:
            super().lineReceived(line)

    def rawDataReceived(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback for a body's bytes."""
        if not self._is_refused:
            super().rawDataReceived(data)

    def allHeadersReceived(self) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback: judges the declared length before a byte of the body is taken."""
        limit = self._limits.for_path(self.path)
        self.requests[-1].body_limit = limit
        if self.length is not None and self.length > limit:
            self.refuse_body(limit)
            return
        self._expect(self._deadlines.request)
        super().allHeadersReceived()

    def allContentReceived(self) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback: the request is complete, no deadline binds it any more."""
        if not self._is_refused:
            self._expect(None)
            super().allContentReceived()

    def _expect(self, seconds: float | None) -> None:
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

    def timeoutConnection(self) -> None:  # noqa: N802  # Twisted's name
        """Ends a connection that is silent or too slow; with an answer if a request had begun."""
        if self.requests and not self._handlingRequest:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive in time.")
        else:
            super().timeoutConnection()

    def refuse_body(self, limit: int) -> None:
        """Answers 413: the body is larger than `limit` bytes."""
        self.refuse(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A request here may hold {limit} bytes at most."
        )

    def refuse(self, status: HTTPStatus, message: str) -> None:
        """Answers the arriving request with an error and ends the connection.

        What the client still sends is thrown away for a while: closing at once would reset the
        connection, and the client would never see the answer.
        """
        if self._is_refused:
            return
        self._is_refused = True
        self._count_refused(status)
        self.setTimeout(None)
        response = error_response(status, message, self.path)
        self.transport.write(response)
        self.transport.loseWriteConnection()
        self._expect(None)
        self._deadline = asyncio.get_running_loop().call_later(
            self._deadlines.linger, self.transport.abortConnection
        )
        command: bytes = getattr(self, "_command", b"-")
        log_request(
            method=command.decode("latin-1"),
            path=self.path.decode("latin-1"),
            status=status,
            seconds=0,
            client=getattr(self.transport.getPeer(), "host", None),
            size=len(response),
        )

    def _respondToBadRequestAndDisconnect(self) -> None:  # noqa: N802  # Twisted's name
        self.refuse(HTTPStatus.BAD_REQUEST, "The request is malformed.")

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

    # Ending

    def stop(self) -> None:
        """Ends the connection as soon as the request under way, if any, is answered."""
        self._is_stopping = True
        if not self.requests:
            self.loseConnection()

    def hand_over(self) -> None:
        """The connection goes on as a websocket: this object has no part in it any more."""
        self._expect(None)
        self._connections.discard(self)

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback: the connection is gone."""
        self.hand_over()
        self._writable.set()
        super().connectionLost(reason)
