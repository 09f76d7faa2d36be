"""The access log: one line per request, nothing that could be a secret."""

import logging

logger = logging.getLogger("darkroom.access")


def log_request(
    *, method: str, path: str, status: int, seconds: float, client: str | None, size: int
) -> None:
    """Logs one request. `path` comes without its query, `size` is the response's in bytes."""
    logger.info(
        "request",
        extra={
            "method": method,
            "path": path,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "client": client,
            "bytes": size,
        },
    )
