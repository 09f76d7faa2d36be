"""IP addresses of clients, as they are stored and counted."""

import ipaddress


def storable(address: str | None) -> str | None:
    """An address as every database keeps it; None where it is none.

    A link-local one may name its interface (`fe80::1%eth0`), which no database takes.
    """
    try:
        return str(ipaddress.ip_address((address or "").partition("%")[0]))
    except ValueError:
        return None


def network_of(address: str | None) -> str:
    """Who counts as one: an IPv4 address, or the /64 that an IPv6 host has for itself.

    What is no address counts by itself.
    """
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed.packed, 64), strict=False))
