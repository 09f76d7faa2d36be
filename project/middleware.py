"""Every request is UTF-8, uncompressed, and has an id: in its log lines and in its response."""

import re
import uuid
from collections.abc import Awaitable, Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import async_only_middleware

from consumers.oip.middleware import is_served
from project import logs
from project.error_views import unsupported_coding

_SOUND: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


@async_only_middleware
def RequestContextMiddleware(  # noqa: N802  # Django names middleware like classes
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    """Takes `X-Request-ID` from a proxy in front, or makes one; reads all texts as UTF-8."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        # A client may claim any charset, also one that turns no bytes into text.
        request.encoding = "utf-8"
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _SOUND.fullmatch(given) else uuid.uuid4().hex
        with logs.of_request(request_id):
            response = _refused(request) or await get_response(request)
        response["X-Request-ID"] = request_id
        return response

    return middleware


def _refused(request: HttpRequest) -> HttpResponseBase | None:
    if is_served(request.path_info) or request.META.get("CONTENT_LENGTH") in {None, "", "0"}:
        return None
    return unsupported_coding(request)
