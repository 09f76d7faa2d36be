"""Answers of views to pages of other origins: with the headers of `consumers.cross_origin`."""

from collections.abc import Awaitable, Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.decorators import async_only_middleware

from consumers.cross_origin import CrossOrigin


@async_only_middleware
def CrossOriginMiddleware(  # noqa: N802  # Django names middleware like classes
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    """Lets pages of ALLOWED_ORIGINS read answers; answers browsers that ask before they send."""
    pages = CrossOrigin(settings.ALLOWED_ORIGINS)

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        path, origin = request.path_info, request.headers.get("Origin")
        if not pages.applies_to(path):
            return await get_response(request)
        asked_method = request.headers.get("Access-Control-Request-Method")
        headers = pages.of_preflight(request.method or "", path, origin, asked_method)
        response: HttpResponseBase
        if headers is None:
            response = await get_response(request)
            headers = pages.of_answer(path, origin)
        else:
            response = HttpResponse(status=204)
        for name, value in headers.items():
            if name == "Vary":
                patch_vary_headers(response, [value])
            else:
                response[name] = value
        return response

    return middleware
