"""Who the client is when reverse proxies stand in front."""

import ipaddress
from collections.abc import Sequence


def client_address(forwarded_for: Sequence[bytes], trusted: int) -> str | None:
    """The client's address as the outermost of `trusted` proxies saw it.

    `forwarded_for` holds the values of X-Forwarded-For. Each proxy appends its peer's address, so
    only the last `trusted` entries were written by proxies of ours; what a client sent before
    them is never believed. None where there is nothing sound to believe.
    """
    entry = _outermost(forwarded_for, trusted)
    try:
        return str(ipaddress.ip_address(entry)) if entry else None
    except ValueError:
        return None


def client_scheme(forwarded_proto: Sequence[bytes], trusted: int) -> str | None:
    """`http` or `https` as the outermost of `trusted` proxies said, else None."""
    entry = _outermost(forwarded_proto, trusted)
    return entry if entry in {"http", "https"} else None


def _outermost(values: Sequence[bytes], trusted: int) -> str | None:
    entries = [entry.strip() for entry in b",".join(values).decode("latin-1").split(",")]
    return entries[-min(trusted, len(entries))] if trusted else None
