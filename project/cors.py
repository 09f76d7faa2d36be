"""Which pages of other origins may call the API from a browser: those of ALLOWED_ORIGINS."""

from collections.abc import Awaitable, Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.decorators import async_only_middleware

from consumers.oip.middleware import is_served
from consumers.socket.origin import origin_of

_METHODS: Final = "GET, HEAD, POST, PUT, DELETE"
_ASKED: Final = (
    "Authorization, Content-Type, Idempotency-Key, Inference-Header-Content-Length, Range"
)
_SHOWN: Final = (
    "Content-Disposition, Inference-Header-Content-Length, Location, Retry-After, X-Request-ID"
)
_KEPT_SECONDS: Final = 600


@async_only_middleware
def CrossOriginMiddleware(  # noqa: N802  # Django names middleware like classes
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    """Lets pages of these origins read answers of `/api/` and `/v2`; never with cookies."""
    allowed = frozenset(filter(None, map(origin_of, settings.ALLOWED_ORIGINS)))

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        if not allowed or not _is_of_the_api(request.path_info):
            return await get_response(request)
        origin = request.headers.get("Origin", "")
        if origin_of(origin) not in allowed:
            response = await get_response(request)
        elif request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            response = HttpResponse(status=204)
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Allow-Methods"] = _METHODS
            response["Access-Control-Allow-Headers"] = _ASKED
            response["Access-Control-Max-Age"] = str(_KEPT_SECONDS)
        else:
            response = await get_response(request)
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Expose-Headers"] = _SHOWN
        patch_vary_headers(response, ["Origin"])
        return response

    return middleware


def _is_of_the_api(path: str) -> bool:
    return path.startswith("/api/") or is_served(path)
