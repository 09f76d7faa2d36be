"""Answers of the server itself, to requests that no application gets."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

JSON: Final = ("Content-Type", "application/json")
RETRY_AFTER_SECONDS: Final = 5
NO_CONTENT_OF_A_PAGE: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The content security policy of data: what a browser takes for a page loads and runs nothing."""


@dataclass(frozen=True)
class Refusal:
    """A whole answer; the connection ends with it."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = (JSON,)

    def response(self, more: Mapping[str, str]) -> bytes:
        """The HTTP/1.1 response, with `more` headers."""
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Refused"
        lines = [f"HTTP/1.1 {self.status} {phrase}"]
        lines += [f"{name}: {value}" for name, value in (*self._fields(), *more.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + self.body

    def _fields(self) -> Iterable[tuple[str, str]]:
        yield from self.headers
        if not any(name == "X-Content-Type-Options" for name, _ in self.headers):
            yield "X-Content-Type-Options", "nosniff"
        yield "Content-Security-Policy", NO_CONTENT_OF_A_PAGE
        yield "Content-Length", str(len(self.body))
        yield "Connection", "close"


def refusal(status: HTTPStatus, code: str, message: str, path: bytes) -> Refusal:
    """A refusal in the shape of the errors under `path`; 429 and 503 say when to come again."""
    wait = (
        (("Retry-After", str(RETRY_AFTER_SECONDS)),)
        if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
        else ()
    )
    return Refusal(status, error_body(code, message, path), (JSON, *wait))


def error_body(code: str, message: str, path: bytes) -> bytes:
    """The JSON that says what went wrong; `/v2` has the Open Inference Protocol's shape."""
    if path == b"/v2" or path.startswith(b"/v2/"):
        return json.dumps({"error": message}).encode()
    return json.dumps({"code": code, "message": message}).encode()
