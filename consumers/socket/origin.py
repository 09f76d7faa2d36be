"""From which pages a browser may open the websocket."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Origin:
    """Where a page is from (RFC 6454): two that are written differently may be equal."""

    scheme: str
    host: str
    port: int


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


def origin_of(text: str) -> Origin | None:
    """The origin that a header or a setting means; None where it is none (`null`, a path, …)."""
    try:
        parts = urlsplit(text.strip().rstrip("/"))
        port, host = parts.port, parts.hostname
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host or parts.path or parts.query:
        return None
    if "@" in parts.netloc or parts.fragment:
        return None
    default = _DEFAULT_PORTS[parts.scheme]
    return Origin(parts.scheme, _host(host), default if port is None else port)


def _host(name: str) -> str:
    """A host name or address in its one form: lower case, without the root's dot."""
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return name.lower().removesuffix(".")
