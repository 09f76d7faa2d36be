"""A request's head: what is known before its body."""

import re
from dataclasses import dataclass
from typing import Final

_ABSOLUTE: Final = re.compile(rb"https?://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Head:
    """A request without its body."""

    method: bytes
    path: bytes
    """As it stands in the request line, without the query."""
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    client: str | None
    """The client's address, as far as it can be believed."""
    length: int | None = None
    """Of the body, in bytes; None: nobody knows yet."""


def origin_form(target: bytes) -> tuple[bytes, bytes | None]:
    """A request's target as path and query, and the authority that stood before it, if one did.

    A server reads `GET http://host/path` too, and then `host` is what Host would have said (RFC
    9112, 3.2.2).
    """
    match = _ABSOLUTE.fullmatch(target)
    if match is None:
        return target, None
    rest = match[2]
    return rest if rest.startswith(b"/") else b"/" + rest, match[1]
