"""Which host names this server answers to: told in one place, before any other."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import async_only_middleware

from consumers.host_names import not_served
from consumers.metrics import access
from project.error_views import told
from project.health import LIVENESS, READINESS
from project.up.readiness import host_header

logger = logging.getLogger("darkroom.hosts")

_METRICS: Final = "/metrics"


@async_only_middleware
def HostMiddleware(  # noqa: N802  # Django names middleware like classes
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    """Refuses a Host that ALLOWED_HOSTS does not have, with a sentence that says what to do.

    Load balancers, orchestrators and Prometheus name a process by its address: what they ask for is
    answered under any name.
    """

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        if _is_for_machines(request):
            request.META["HTTP_HOST"] = host_header(settings.ALLOWED_HOSTS)
        try:
            request.get_host()
        except DisallowedHost:
            host = request.headers.get("Host", "")
            logger.warning("host not allowed", extra={"host": host[:255]})
            return told(request, 400, "host_not_allowed", not_served(host))
        return await get_response(request)

    return middleware


def _is_for_machines(request: HttpRequest) -> bool:
    """Whether nothing in the answer is told to a browser that was led here under another name.

    Without the token metrics are for whoever is on this machine, and a browser may be.
    """
    if request.path_info != _METRICS:
        return request.path_info in {LIVENESS, READINESS}
    given = request.headers.get("Authorization", "")
    return access.may_read(None, given, settings.METRICS_TOKEN)
