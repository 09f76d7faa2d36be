"""What browsers are told to refuse: scripts from elsewhere, and cookies without encryption."""

from collections.abc import Awaitable, Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import async_only_middleware

from project.admin import is_admin
from project.server.errors import NO_CONTENT_OF_A_PAGE

ADMIN_CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        # Its templates carry colors, and expressions that Alpine evaluates; no script of theirs
        # is written into a page.
        "style-src 'self' 'unsafe-inline'",
        "script-src 'self' 'unsafe-eval'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)

DOCUMENTATION: Final = "/api/docs/"
DOCUMENTATION_CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        # Swagger UI sets sizes and colors on its elements.
        "style-src 'self' 'unsafe-inline'",
        "script-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)

_DEFAULT_PORTS: Final = {True: ":443", False: ":80"}


@async_only_middleware
def SecurityHeadersMiddleware(  # noqa: N802  # Django names middleware like classes
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    """Gives every answer a policy for its content, and cookies `Secure` wherever TLS is."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        _leave_out_default_port(request)
        response = await get_response(request)
        response.headers.setdefault("Content-Security-Policy", _policy(request.path_info))
        if request.is_secure():
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response

    return middleware


def _policy(path: str) -> str:
    """What a page at this address may load, where it has no policy of its own."""
    if is_admin(path):
        return ADMIN_CONTENT_SECURITY_POLICY
    if path == DOCUMENTATION:
        return DOCUMENTATION_CONTENT_SECURITY_POLICY
    return NO_CONTENT_OF_A_PAGE


def _leave_out_default_port(request: HttpRequest) -> None:
    """A form's Origin has no default port; some proxies write it into Host all the same."""
    if host := request.META.get("HTTP_HOST"):
        request.META["HTTP_HOST"] = host.removesuffix(_DEFAULT_PORTS[request.is_secure()])
