"""Which host names this server answers to: told in one place, before any other."""

import logging
from collections.abc import Awaitable, Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import async_only_middleware

from consumers.host_names import not_served
from project.api_errors import told

logger = logging.getLogger("darkroom.hosts")


@async_only_middleware
def HostMiddleware(  # noqa: N802  # Django names middleware like classes
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    """Refuses a Host that ALLOWED_HOSTS does not have, with a sentence that says what to do."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        try:
            request.get_host()
        except DisallowedHost:
            host = request.headers.get("Host", "")
            logger.warning("host not allowed", extra={"host": host[:255]})
            return told(request, 400, "host_not_allowed", not_served(host))
        return await get_response(request)

    return middleware
