"""`GET /metrics` of the web, and the middleware that counts requests."""

import re
import time
from collections.abc import Awaitable, Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import async_only_middleware

from consumers.metrics import access
from consumers.metrics.registry import CONTENT_TYPE, exposition
from project.error_views import method_not_allowed, not_found
from project.metrics import requests
from project.metrics.backlog import BacklogCache
from uploads.actors import address_of

_CODE: Final = re.compile(r"[a-z_]{1,50}")

_backlog: Final = BacklogCache()


async def metrics(request: HttpRequest) -> HttpResponse:
    """What all web processes behind this address counted, and the queue, for who may read it.

    To everybody else there is nothing here.
    """
    if not _may_read(request):
        return not_found(request, PermissionError())
    if request.method not in {"GET", "HEAD"}:
        return method_not_allowed("GET, HEAD")
    return HttpResponse(exposition(await _backlog.read()), content_type=CONTENT_TYPE)


def _may_read(request: HttpRequest) -> bool:
    headers = {name.lower(): value for name, value in request.headers.items()}
    address = None if access.is_forwarded(headers) else address_of(request)
    return access.may_read(address, headers.get("authorization", ""), settings.METRICS_TOKEN)


@async_only_middleware
def MetricsMiddleware(  # noqa: N802  # Django names middleware like classes
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    """Counts every request by its route, and how long its response took to begin."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = await get_response(request)
        requests.answered(
            route_of(request, response),
            method=request.method,
            status=response.status_code,
            seconds=time.perf_counter() - began,
            code=_code(response),
        )
        return response

    return middleware


def route_of(request: HttpRequest, response: HttpResponseBase) -> str:
    """The route's template: a path would name users' things, and be without end."""
    match = request.resolver_match
    if match is not None:
        return f"/{match.route}"
    return "static" if response.status_code < 400 else "unmatched"


def _code(response: HttpResponseBase) -> str | None:
    """The error code of the REST API's refusal; None where this is none."""
    body = getattr(response, "data", None)
    code = body.get("code") if response.status_code >= 400 and isinstance(body, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else None
