"""From which pages a browser may open the websocket."""

from collections.abc import Sequence
from typing import Any

from channels.security.websocket import WebsocketDenier

from consumers.cross_origin import origin_of


class OriginGate:
    """Refuses a foreign Origin at the handshake.

    An absent one comes from something that is not a browser, and nothing but the
    token in the first message grants anything. With no list of allowed origins,
    a page may connect to the host it was itself loaded from.
    """

    def __init__(self, application: Any, allowed: Sequence[str]) -> None:
        self.application = application
        self.allowed = frozenset(filter(None, map(origin_of, allowed)))
        self._has_list = bool(allowed)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        """Passes the connection on, or denies it."""
        headers = dict(scope.get("headers", []))
        origin = headers.get(b"origin")
        host = headers.get(b"host", b"")
        if origin is None or self.permits(origin.decode("latin1"), host.decode("latin1")):
            return await self.application(scope, receive, send)
        return await WebsocketDenier()(scope, receive, send)

    def permits(self, origin: str, host: str) -> bool:
        """Whether a page of this origin may connect to this host."""
        page = origin_of(origin)
        if page is None:
            return False
        if self._has_list:
            return page in self.allowed
        # A Host header names no scheme; a browser leaves out the port that its page's scheme has.
        return page == origin_of(f"{page.scheme}://{host}")
