"""HTTP: requests by route, never by path."""

from typing import Final

from prometheus_client import Counter, Histogram

from consumers.metrics.registry import REGISTRY

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""A client may send any word as its method."""

REQUESTS: Final = Counter(
    "darkroom_http_requests",
    "HTTP requests answered, by route template, method and class of the status.",
    ["route", "method", "status"],
    registry=REGISTRY,
)
SECONDS: Final = Histogram(
    "darkroom_http_request_seconds",
    "Time from the request to the beginning of its response; ?wait= included.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
    registry=REGISTRY,
)
API_ERRORS: Final = Counter(
    "darkroom_api_errors",
    "Refusals of the REST API, by route template and error code.",
    ["route", "code"],
    registry=REGISTRY,
)
REFUSED: Final = Counter(
    "darkroom_http_refused",
    "Requests refused by their heads or while their bodies arrived, by status.",
    ["status"],
    registry=REGISTRY,
)


def answered(
    route: str, *, method: str | None, status: int, seconds: float, code: str | None
) -> None:
    """Counts a request; `code` is the REST API's, where it refused."""
    word = method if method in METHODS else "other"
    REQUESTS.labels(route, word, f"{status // 100}xx").inc()
    SECONDS.labels(route).observe(seconds)
    if code is not None:
        API_ERRORS.labels(route, code).inc()


def refused(status: int) -> None:
    """Counts a request that no application saw."""
    REFUSED.labels(str(status)).inc()
