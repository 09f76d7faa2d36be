"""One websocket, which a stopping server closes so that the browser comes back."""

# mypy: allow-untyped-calls
# Autobahn ships as typed, but ConnectionDeny has no annotations.

from http import HTTPStatus
from typing import Any

from autobahn.websocket.types import ConnectionDeny
from daphne.ws_protocol import WebSocketProtocol

from project.server.access import log_request
from project.server.clients import Place

SERVICE_RESTART = 1012
_TAKEN_BY_AUTOBAHN = frozenset({1000, *range(3000, 5000)})
"""Codes of reasons to close that its `sendClose` lets an application give."""


class Socket(WebSocketProtocol):  # type: ignore[misc]  # Daphne has no types
    """Daphne's websocket, with a restart as a reason to close and a line in the access log."""

    places: tuple[Place, ...] = ()
    """What it holds of what all connections, and those of its address, may hold."""

    def restart(self) -> None:
        """Tells the client to reconnect: the server restarts."""
        if self.state == self.STATE_OPEN:
            # `sendClose` takes application codes only.
            self.sendCloseFrame(code=SERVICE_RESTART, reasonUtf8=b"server restarting")
        elif self.state == self.STATE_CONNECTING and hasattr(self, "handshake_deferred"):
            self.handshake_deferred.errback(ConnectionDeny(503, "Server restarting"))
            del self.handshake_deferred

    def onConnect(self, request: Any) -> Any:  # noqa: N802  # Autobahn's name
        """Autobahn's callback: a handshake has come; Daphne reads it as ASCII."""
        if not request.headers.get("sec-websocket-protocol", "").isascii():
            raise ConnectionDeny(400, "Sec-WebSocket-Protocol is not ASCII")
        return super().onConnect(request)

    def onOpen(self) -> None:  # noqa: N802  # Autobahn's name
        """Autobahn's callback: the handshake is through."""
        super().onOpen()
        self._log(101)

    def handle_reply(self, message: dict[str, Any]) -> None:
        """Daphne's callback: what the application says, also a refusal with a status of its own.

        A refusal is ASGI's extension "Websocket Denial Response"; its body is not sent.
        """
        match message["type"]:
            case "websocket.http.response.start":
                self._deny(message["status"])
            case "websocket.http.response.body":
                pass
            case _:
                super().handle_reply(message)

    def serverSend(self, content: str, binary: bool = False) -> None:  # noqa: FBT001, FBT002, N802  # Daphne's name
        """Daphne's callback: a message; to a client that has just gone it is lost."""
        if self.state in {self.STATE_CONNECTING, self.STATE_OPEN}:
            super().serverSend(content, binary)

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:  # noqa: FBT001, FBT002, N802  # Autobahn's name
        """Autobahn's way out: it words a line for its log with each frame, which nobody reads."""
        if sync or chopsize or self.send_queue or self.state != self.STATE_OPEN:
            super().sendData(data, sync, chopsize)
        else:
            self.transport.write(data)

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802  # Daphne's name
        """Daphne's callback: the application closes it, for whatever reason."""
        if code is None or code in _TAKEN_BY_AUTOBAHN:
            super().serverClose(code)
        elif self.state == self.STATE_OPEN:
            self.sendCloseFrame(code=code)

    def serverReject(self) -> None:  # noqa: N802  # Daphne's name
        """Daphne's callback: the application refused the handshake."""
        self._deny(HTTPStatus.FORBIDDEN)

    def _deny(self, status: int) -> None:
        # Autobahn takes a plain number alone, no member of an enumeration.
        self.handshake_deferred.errback(ConnectionDeny(int(status), HTTPStatus(status).phrase))
        del self.handshake_deferred
        self.factory.server_class.protocol_disconnected(self)
        self._log(status)

    def onClose(self, wasClean: bool, code: int, reason: str) -> None:  # noqa: FBT001, N802, N803  # Autobahn's names
        """Autobahn's callback: it is over; Daphne knows it only if the handshake was sound."""
        if hasattr(self, "server"):
            super().onClose(wasClean, code, reason)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback: the connection is gone."""
        for place in self.places:
            place.leave()
        super().connectionLost(reason)

    def _log(self, status: int) -> None:
        log_request(
            method="GET",
            path=self.path.decode("latin-1"),
            status=status,
            seconds=self.duration(),
            client=self.client_addr[0] if self.client_addr else None,
            size=0,
        )
