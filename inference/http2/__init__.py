"""A server's side of HTTP/2 (RFC 9113) over asyncio, as far as gRPC needs it. Knows no gRPC."""
