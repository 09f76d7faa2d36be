"""Who may read the metrics: this machine, or whoever has the token."""

import ipaddress
import secrets
from collections.abc import Mapping
from typing import Final

_FORWARDED: Final = frozenset(
    {
        *("forwarded", "forwarded-for", "via", "cdn-loop", "client-ip", "true-client-ip"),
        *("x-real-ip", "x-client-ip", "x-cluster-client-ip", "x-original-host"),
        *("x-proxyuser-ip", "x-remote-ip", "x-remote-addr"),
        *("x-amzn-trace-id", "x-cloud-trace-context"),
    }
)
_FORWARDED_PREFIXES: Final = (
    *("x-forwarded", "x-original-forwarded", "x-envoy-", "x-amz-cf-", "x-appengine-"),
    *("cf-", "fastly-", "akamai-", "x-akamai-", "x-azure-", "x-arr-", "x-vercel-", "fly-"),
)
"""What proxies, load balancers and content delivery networks add to a request."""


def may_read(address: str | None, authorization: str, token: str) -> bool:
    """Whether a client at `address` (None: not known) that sends this Authorization may read.

    An empty `token` opens nothing.
    """
    if token and secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        return True
    return address is not None and _is_this_machine(address)


def is_forwarded(headers: Mapping[str, str]) -> bool:
    """Whether a request came through a proxy: its client may be anywhere.

    The names of `headers` are in lower case.
    """
    return any(name in _FORWARDED or name.startswith(_FORWARDED_PREFIXES) for name in headers)


def _is_this_machine(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_loopback
