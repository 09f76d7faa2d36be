"""Websockets: how many are open, why they closed, and what they were told."""

from typing import Any, Final

from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from prometheus_client import Counter, Gauge

from consumers.metrics.registry import REGISTRY

CLOSE_CODES: Final = frozenset({1000, 1001, 1005, 1006, 1009, 1011, 1012})
"""Those of the protocol that occur; a client may send any other. Ours are 44xx."""
ERROR: Final = 1011
"""What a socket ends with when the server failed on it (RFC 6455, section 7.4.1)."""

OPEN: Final = Gauge(
    "darkroom_sockets_open",
    "Websockets open now.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
OPENED: Final = Counter(
    "darkroom_sockets_opened",
    "Websockets accepted.",
    registry=REGISTRY,
)
CLOSED: Final = Counter(
    "darkroom_sockets_closed",
    "Websockets closed, by close code: ours where the server closed, else the client's.",
    ["code"],
    registry=REGISTRY,
)
EVENTS: Final = Counter(
    "darkroom_socket_events",
    "Events sent: live, or replayed because they are older than the socket.",
    ["delivery"],
    registry=REGISTRY,
)
PROGRESS: Final = Counter(
    "darkroom_socket_progress",
    "Progress messages, sent or dropped because the client is behind.",
    ["outcome"],
    registry=REGISTRY,
)
RESETS: Final = Counter(
    "darkroom_socket_resets",
    "Sockets told to load their state anew: what they asked for is not kept any more.",
    registry=REGISTRY,
)

live: Final = EVENTS.labels("live")
replayed: Final = EVENTS.labels("replayed")
sent: Final = PROGRESS.labels("sent")
dropped: Final = PROGRESS.labels("dropped")


class CountedSocket(AsyncWebsocketConsumer):  # type: ignore[misc]  # it has no types
    """A websocket that is counted from its acceptance to its end, whatever ends it."""

    # Messages of the layer come to the process (`consumers.socket.connected`), not to each socket.
    channel_layer_alias = "none"

    _is_open = False
    _said: int | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serves one connection, as ASGI has it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            # By an exception or a cancellation; Channels' own end came to websocket_disconnect.
            self._count_end(ERROR)
            await self.release()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Acts on what the client did; Channels would look after the database in a thread first,
        where no socket has a connection."""
        await getattr(self, get_handler_name(message))(message)

    async def release(self) -> None:
        """Lets go of what the socket holds; called at least once, however it ended."""

    async def accept(self, *args: Any, **kwargs: Any) -> None:
        """Accepts the handshake."""
        await super().accept(*args, **kwargs)
        self._is_open = True
        OPENED.inc()
        OPEN.inc()

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Closes the socket from this side."""
        if self._said is None:
            self._said = code
        await super().close(code, reason)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        """Channels' call at the end of the socket, whoever ended it."""
        self._count_end(message.get("code"))
        await super().websocket_disconnect(message)

    def _count_end(self, code: int | None) -> None:
        if self._is_open:
            self._is_open = False
            OPEN.dec()
            CLOSED.labels(_word(self._said or code)).inc()


def _word(code: int | None) -> str:
    is_known = code is not None and (code in CLOSE_CODES or 4400 <= code < 4500)
    return str(code) if is_known else "other"
