"""JSON that is read is sent compressed (gzip) where it is longer than a kilobyte.

Compressing a secret beside something that a stranger chose tells the secret by the length (BREACH).
Here nobody can have a browser ask in somebody's name, since tokens are in a header that pages set
themselves; and only answers to GET are compressed, none of which holds a token or a key.
"""

import gzip
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.decorators import async_only_middleware

from uploads.threads import to_its_end

LEAST_BYTES: Final = 1024
_IN_THE_LOOP: Final = 32 * 1024
"""Of so many bytes a thread's turn costs as much as compressing them."""
_LEVEL: Final = 4
_compressors: Final = ThreadPoolExecutor(2, thread_name_prefix="gzip")


@async_only_middleware
def CompressionMiddleware(  # noqa: N802  # Django names middleware like classes
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    """Compresses what a GET of the API answers in JSON, for clients that take it so."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        response = await get_response(request)
        if not isinstance(response, HttpResponse) or not _may_be_compressed(request, response):
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        if _accepts_gzip(request.headers.get("Accept-Encoding", "")):
            content = response.content
            if len(content) > _IN_THE_LOOP:
                compressed = await to_its_end(_compressors, _compressed, content)
            else:
                compressed = _compressed(content)
            response.content = compressed
            response["Content-Encoding"] = "gzip"
            response["Content-Length"] = str(len(compressed))
        return response

    return middleware


def _may_be_compressed(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        request.method == "GET"
        and request.path_info.startswith("/api/")
        and response.get("Content-Type", "").startswith("application/json")
        and not response.has_header("Content-Encoding")
        and not response.has_header("Content-Disposition")
        and len(response.content) > LEAST_BYTES
    )


def _accepts_gzip(accepted: str) -> bool:
    """Whether a client takes gzip (RFC 9110, 12.5.3)."""
    weights = {}
    for one in accepted.lower().split(","):
        coding, _, weight = one.partition(";")
        value = weight.partition("=")[2].strip() or "1"
        weights[coding.strip()] = bool(value.strip("0."))
    return weights.get("gzip", weights.get("*", False))


def _compressed(content: bytes) -> bytes:
    # Without the moment in it, equal answers are equal.
    return gzip.compress(content, _LEVEL, mtime=0)
