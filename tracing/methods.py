"""Methods of HTTP as spans name them: a client may send any word as one, a token included.

https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name
"""

from typing import Final

_KNOWN: Final = frozenset(
    {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
)


def word_of(method: str | None) -> str:
    """What begins a span's name."""
    return method if method in _KNOWN else "HTTP"


def attribute_of(method: str | None) -> str:
    """The value of `http.request.method`."""
    return method if method in _KNOWN else "_OTHER"
