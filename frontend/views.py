"""The one page of the browser view; everything on it comes from the API."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "style-src 'self'",
        "script-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The page: the same for everybody, since who is signed in is the browser's to know."""
    response = render(request, "frontend/index.html")
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    # It names hashed files, so a cached copy would outlive them.
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """The icon for what names none, such as a photo or JSON in a tab of its own."""
    return redirect(static("frontend/img/favicon.svg"))
