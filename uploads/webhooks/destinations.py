"""Where messages may go: to the internet, and not to what only this machine can reach.

Whoever may name an address that a server calls could otherwise have it call its own network: other
services, a cloud's metadata, itself.
"""

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

from uploads.models import lengths

_NEVER: Final = (ipaddress.ip_network("192.0.0.0/24"), ipaddress.ip_network("192.88.99.0/24"))
"""Protocols' own (also a cloud's metadata) and old relays: registries are read differently."""
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_SIX_TO_FOUR: Final = ipaddress.ip_network("2002::/16")

_PLAIN: Final = re.compile(r"[!-\[\]-~]+")
"""Printable ASCII without spaces and backslashes, which readers of addresses disagree about."""
_NUMBER: Final = re.compile(r"(?:^|\.)(?:[0-9]+|0[xX][0-9a-fA-F]*)\.?\Z")
"""What the last label of a host makes it an IPv4 address by (WHATWG URL, "ends in a number")."""
_NAME: Final = re.compile(r"(?=.{1,253}\.?\Z)[^.:]{1,63}(?:\.[^.:]{1,63})*\.?")
"""What any host can be called (RFC 1035, 2.3.4)."""
_NO_ADDRESS: Final = (
    "This is no address such as https://example.com/hook, without user, password and fragment, "
    f"of at most {lengths.WEBHOOK_URL} characters."
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(text: str) -> bool:
    """Whether this IP address is one of the internet's.

    IPv4 addresses within IPv6 ones (mapped, 6to4, NAT64) are judged as what they reach.
    """
    try:
        address: Address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if (inner := _embedded(address)) is not None:
            address = inner
        elif address.is_site_local:
            return False
    if any(address in network for network in _NEVER):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _SIX_TO_FOUR:
        return address.sixtofour
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def problem(url: str, *, private_allowed: bool) -> str:
    """Why nothing is sent to this address, in a sentence; empty: it may be tried.

    What its name means is known when something is sent: see `consumers.worker.webhook_client`.
    """
    if len(url) > lengths.WEBHOOK_URL or not _PLAIN.fullmatch(url):
        return _NO_ADDRESS
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return _NO_ADDRESS
    if not host or port == 0 or "@" in parts.netloc or parts.fragment:
        return _NO_ADDRESS
    if ":" not in host and not _NAME.fullmatch(host):
        return _NO_ADDRESS
    if parts.scheme != "https" and not (private_allowed and parts.scheme == "http"):
        return "An address begins with https://."
    return "" if private_allowed or not _is_here(host) else "This address is not on the internet."


def _is_here(host: str) -> bool:
    """Whether a host is known to be a private one without asking what its name means."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        # `2130706433`, `127.1` and `0x7f.1` are 127.0.0.1 to some readers of addresses.
        if _NUMBER.search(host):
            return True
        name = host.rstrip(".")
        return name == "localhost" or name.endswith((".localhost", ".local", ".internal"))
    return not is_public(host)
