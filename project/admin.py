"""Where the admin is, and that its pages are imported when somebody opens one."""

from collections.abc import Awaitable, Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import async_only_middleware

from consumers.deferred import DeferredModule

ADMIN: Final = "admin/"
"""Its route."""

_urls: Final = DeferredModule("project.admin_urls")


def is_admin(path: str) -> bool:
    """Whether this is an address of the admin."""
    return path.startswith(f"/{ADMIN}")


@async_only_middleware
def AdminMiddleware(  # noqa: N802  # Django names middleware like classes
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    """Has the admin imported before its addresses are resolved, which happens on the event loop."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        if is_admin(request.path_info):
            await _urls.load()
        return await get_response(request)

    return middleware
