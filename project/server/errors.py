"""Error bodies of the server itself, in the shape of the API's."""

import json
from http import HTTPStatus

CODES = {
    HTTPStatus.BAD_REQUEST: "bad_request",
    HTTPStatus.REQUEST_TIMEOUT: "request_timeout",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internal_error",
    HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
}


def error_body(status: HTTPStatus, message: str, path: bytes) -> bytes:
    """The JSON that says what went wrong; `/v2` has the Open Inference Protocol's shape."""
    if path == b"/v2" or path.startswith(b"/v2/"):
        return json.dumps({"error": message}).encode()
    return json.dumps({"code": CODES[status], "message": message}).encode()


def error_response(status: HTTPStatus, message: str, path: bytes) -> bytes:
    """A whole HTTP/1.1 response that ends the connection."""
    body = error_body(status, message, path)
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body
