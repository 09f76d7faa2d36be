"""Who the client is when reverse proxies stand in front."""

import ipaddress
import re
from collections.abc import Sequence
from typing import Final

_PORT: Final = re.compile(r"^(?:\[([^\]]*)\]|([0-9.]+))(?::[0-9]{1,5})?$")
"""A bracketed IPv6 address or an IPv4 address, with or without a port."""


def client_address(forwarded_for: Sequence[bytes], trusted: int) -> str | None:
    """The client's address as the outermost of `trusted` proxies saw it.

    `forwarded_for` holds the values of X-Forwarded-For. Each proxy appends its peer's address, so
    only the last `trusted` entries were written by proxies of ours; what a client sent before
    them is never believed. Some proxies write a port behind the address, in the form of RFC 7239,
    section 6. None where there is nothing sound to believe.
    """
    entry = _outermost(forwarded_for, trusted) or ""
    address = _PORT.sub(r"\1\2", entry)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return str(mapped or parsed)


def client_scheme(forwarded_proto: Sequence[bytes], trusted: int) -> str | None:
    """`http` or `https` as the outermost of `trusted` proxies said, else None."""
    entry = _outermost(forwarded_proto, trusted)
    return entry if entry in {"http", "https"} else None


def _outermost(values: Sequence[bytes], trusted: int) -> str | None:
    entries = [entry.strip() for entry in b",".join(values).decode("latin-1").split(",")]
    return entries[-min(trusted, len(entries))] if trusted else None
