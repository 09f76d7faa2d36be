"""Who may read the metrics: this machine, or whoever has the token."""

import ipaddress
import secrets
from collections.abc import Mapping
from typing import Final

FORWARDED: Final = ("x-forwarded-for", "forwarded")
"""Headers of a proxy. Behind one that nobody has declared, every client looks like this machine."""


def may_read(address: str | None, authorization: str, token: str) -> bool:
    """Whether a client at `address` (None: not known) that sends this Authorization may read.

    An empty `token` opens nothing.
    """
    if token and secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        return True
    return address is not None and _is_this_machine(address)


def is_forwarded(headers: Mapping[str, str]) -> bool:
    """Whether a request came through a proxy; the names of `headers` are in lower case."""
    return any(name in headers for name in FORWARDED)


def _is_this_machine(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_loopback
