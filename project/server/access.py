"""The access log: one line per request, nothing that could be a secret."""

import logging

from tracing.traceparent import log_fields

logger = logging.getLogger("darkroom.access")


def log_request(
    *,
    method: str,
    path: str,
    status: int,
    seconds: float,
    client: str | None,
    size: int,
    request_id: str | None = None,
    traceresponse: str | None = None,
) -> None:
    """Logs one request. `path` comes without its query, `size` is the response's in bytes.

    `request_id` and `traceresponse` are what its response's headers say.
    """
    ids = {} if request_id is None else {"request_id": request_id}
    logger.info(
        "request",
        extra={
            "method": method,
            "path": path,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "client": client,
            "bytes": size,
            **ids,
            **log_fields(traceresponse),
        },
    )
