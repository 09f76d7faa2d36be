"""A host and a port as one address."""


def host_port(host: str, port: int) -> str:
    """`host:port`, as in a URL: an IPv6 address stands in brackets (RFC 3986)."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
