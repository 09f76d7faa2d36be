"""One websocket, which a stopping server closes so that the browser comes back."""

# mypy: allow-untyped-calls
# Autobahn ships as typed, but ConnectionDeny has no annotations.

from autobahn.websocket.types import ConnectionDeny
from daphne.ws_protocol import WebSocketProtocol

from project.server.access import log_request

SERVICE_RESTART = 1012


class Socket(WebSocketProtocol):  # type: ignore[misc]  # Daphne has no types
    """Daphne's websocket, with a restart as a reason to close and a line in the access log."""

    def restart(self) -> None:
        """Tells the client to reconnect: the server restarts."""
        if self.state == self.STATE_OPEN:
            # `sendClose` takes application codes only.
            self.sendCloseFrame(code=SERVICE_RESTART, reasonUtf8=b"server restarting")
        elif self.state == self.STATE_CONNECTING and hasattr(self, "handshake_deferred"):
            self.handshake_deferred.errback(ConnectionDeny(503, "Server restarting"))
            del self.handshake_deferred

    def onOpen(self) -> None:  # noqa: N802  # Autobahn's name
        """Autobahn's callback: the handshake is through."""
        super().onOpen()
        self._log(101)

    def serverReject(self) -> None:  # noqa: N802  # Daphne's name
        """Daphne's callback: the application refused the handshake."""
        super().serverReject()
        self._log(403)

    def _log(self, status: int) -> None:
        log_request(
            method="GET",
            path=self.path.decode("latin-1"),
            status=status,
            seconds=self.duration(),
            client=self.client_addr[0] if self.client_addr else None,
            size=0,
        )
