"""HTTP answers of the REST endpoint: 200, or a status and `{"error": …}`, and nothing else."""

from collections.abc import Mapping
from typing import Final

from django.http import HttpResponse

from inference.oip.errors import ProtocolError, Status
from inference.oip.rest_json import dumped

JSON: Final = "application/json"
RETRY_AFTER_SECONDS: Final = 1

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


def answer(content: bytes, content_type: str = JSON, **headers: str) -> HttpResponse:
    """A 200."""
    return _response(200, content, content_type, headers)


def error(status: int, message: str, **headers: str) -> HttpResponse:
    """Any other status."""
    if status in {429, 503}:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return _response(status, dumped({"error": message}), JSON, headers)


def refusal(problem: ProtocolError) -> HttpResponse:
    """What the protocol refuses, in HTTP's words."""
    return error(HTTP_STATUS[problem.status], problem.message)


def _response(
    status: int, content: bytes, content_type: str, headers: Mapping[str, str]
) -> HttpResponse:
    length = str(len(content))
    return HttpResponse(
        content,
        status=status,
        content_type=content_type,
        headers={**headers, "Content-Length": length, "X-Content-Type-Options": "nosniff"},
    )
