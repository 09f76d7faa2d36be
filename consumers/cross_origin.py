"""Which pages of other origins may call the API from a browser, and what they are told: in headers.

The one definition, for answers of views and for refusals that come before any of them.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_METHODS: Final = "GET, HEAD, POST, PUT, DELETE"
_ASKED: Final = (
    "Authorization, Content-Type, Idempotency-Key, Inference-Header-Content-Length, Range"
)
_SHOWN: Final = (
    "Content-Disposition, Inference-Header-Content-Length, Location, Retry-After, X-Request-ID"
)
_KEPT_SECONDS: Final = 600
_VARY: Final = {"Vary": "Origin"}


@dataclass(frozen=True)
class Origin:
    """Where a page is from (RFC 6454): two that are written differently may be equal."""

    scheme: str
    host: str
    port: int


class CrossOrigin:
    """What pages of these origins may read: answers of `/api/` and `/v2`; never with cookies."""

    def __init__(self, origins: Sequence[str]) -> None:
        """`origins` as in ALLOWED_ORIGINS; of none, nothing is said."""
        self._allowed = frozenset(filter(None, map(origin_of, origins)))

    def applies_to(self, path: str) -> bool:
        """Whether pages of other origins may call this path at all."""
        return bool(self._allowed) and (path.startswith(("/api/", "/v2/")) or path == "/v2")

    def of_answer(self, path: str, origin: str | None) -> Mapping[str, str]:
        """The headers of an answer to a page of this origin."""
        if not self.applies_to(path):
            return {}
        if not self._is_allowed(origin):
            return _VARY
        allowed = {"Access-Control-Allow-Origin": origin or ""}
        return {**allowed, "Access-Control-Expose-Headers": _SHOWN, **_VARY}

    def of_preflight(
        self, method: str, path: str, origin: str | None, asked_method: str | None
    ) -> Mapping[str, str] | None:
        """The headers of the answer (204) to a browser that asks before it sends; None: it doesn't.

        `asked_method` is what Access-Control-Request-Method says.
        """
        if method != "OPTIONS" or asked_method is None:
            return None
        if not self.applies_to(path) or not self._is_allowed(origin):
            return None
        return {
            "Access-Control-Allow-Origin": origin or "",
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _ASKED,
            "Access-Control-Max-Age": str(_KEPT_SECONDS),
            **_VARY,
        }

    def _is_allowed(self, origin: str | None) -> bool:
        return origin_of(origin or "") in self._allowed


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
