"""HTTP as the REST endpoints have it: statuses, errors, headers, codings; of no HTTP library."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from inference.oip.content_coding import TooLarge, UnknownCoding, chosen, compressed, decompressed
from inference.oip.errors import ProtocolError, Status, invalid
from inference.oip.limits import MAX_REQUEST_BYTES
from inference.oip.rest import OutputForm, write_infer
from inference.oip.rest_json import dumped

JSON: Final = "application/json"
_BINARY: Final = "application/octet-stream"
JSON_LENGTH: Final = "Inference-Header-Content-Length"
RETRY_AFTER_SECONDS: Final = 1
SMALL_BYTES: Final = 64 * 1024
"""A body of so many is read and written so quickly that it needs no thread."""
GET: Final = ("GET", "HEAD")

HTTP_STATUS: Final[Mapping[Status, int]] = {
    Status.INVALID_ARGUMENT: 400,
    Status.UNAUTHENTICATED: 401,
    Status.PERMISSION_DENIED: 403,
    Status.NOT_FOUND: 404,
    Status.RESOURCE_EXHAUSTED: 429,
    Status.CANCELLED: 499,
    Status.INTERNAL: 500,
    Status.UNIMPLEMENTED: 501,
    Status.UNAVAILABLE: 503,
    Status.DEADLINE_EXCEEDED: 504,
}


class Refused(Exception):
    """A request that HTTP has a status for and the protocol has not."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        self.status, self.message, self.headers = status, message, headers
        super().__init__(message)


class Request(Protocol):
    """A request of HTTP."""

    method: str
    path: str
    """As it was sent: with its escapes, without a query."""
    headers: Mapping[str, str]
    """By names of any case."""
    address: str | None
    """The IP address that it comes from, where it comes from one."""

    async def body(self) -> bytes:
        """The body as it was sent.

        Raises:
            Refused, ProtocolError: it is too large.
        """

    def hold(self, size: int) -> None:
        """Count so many bytes more as held by it until it is answered.

        Raises:
            ProtocolError: RESOURCE_EXHAUSTED: so much is not left.
        """


@dataclass(frozen=True)
class Reply:
    """What a request is answered: 200, or a status and `{"error": …}`, and nothing else."""

    content: bytes
    status: int = 200
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    def all_headers(self) -> dict[str, str]:
        """With those that every answer has."""
        return {
            **self.headers,
            "Content-Type": self.content_type,
            "Content-Length": str(len(self.content)),
            "X-Content-Type-Options": "nosniff",
        }


def error(status: int, message: str, **headers: str) -> Reply:
    """Any status but 200."""
    if status in {429, 503}:
        headers.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Reply(dumped({"error": message}), status, JSON, headers)


def refusal(problem: ProtocolError) -> Reply:
    """What the protocol refuses, in HTTP's words."""
    told = {} if problem.retry_after is None else {"Retry-After": str(problem.retry_after)}
    return error(HTTP_STATUS[problem.status], problem.message, **told)


def json_length(text: str | None) -> int | None:
    """What Inference-Header-Content-Length says; None: the body is all JSON.

    Raises:
        ProtocolError: INVALID_ARGUMENT: it is not a number of bytes.
    """
    if text is None:
        return None
    text = text.strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise invalid(f"{JSON_LENGTH} is not a number of bytes.")
    return int(text)


def plain_body(body: bytes, coding: str) -> bytes:
    """A body without its Content-Encoding.

    Raises:
        Refused: 413: it is too large. 415: it is compressed in an unknown way.
        ProtocolError: INVALID_ARGUMENT: it is compressed and broken.
    """
    if len(body) > MAX_REQUEST_BYTES:
        raise too_large()
    try:
        return decompressed(body, coding, MAX_REQUEST_BYTES)
    except UnknownCoding:
        raise Refused(
            415,
            "The Content-Encoding is unknown: gzip and deflate are served.",
            **{"Accept-Encoding": "gzip, deflate"},
        ) from None
    except TooLarge:
        raise too_large() from None


def too_large() -> Refused:
    """The body is."""
    return Refused(413, f"A request may hold {MAX_REQUEST_BYTES} bytes at most.")


def infer_reply(response: Any, form: OutputForm, accept_encoding: str) -> Reply:
    """The answer that a ModelInferResponse is.

    Raises:
        ProtocolError: as `write_infer` says.
    """
    body = write_infer(response, form)
    headers = {"Vary": "Accept-Encoding"}
    if body.json_bytes is not None:
        headers[JSON_LENGTH] = str(body.json_bytes)
    content = body.content
    if coding := chosen(accept_encoding, len(content)):
        content = compressed(content, coding)
        headers["Content-Encoding"] = coding
    return Reply(content, 200, JSON if body.json_bytes is None else _BINARY, headers)
