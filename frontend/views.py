"""The one page of the browser view; everything on it comes from the API."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.safestring import mark_safe
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from frontend.modules import first_modules, import_map, import_map_source

_POLICY: Final = (
    "default-src 'self'",
    "img-src 'self' blob: data:",
    "connect-src 'self'",
    "style-src 'self'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
)


@gzip_page
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The page: the same for everybody, since who is signed in is the browser's to know."""
    # It is made of the names of files of ours alone.
    served = mark_safe(import_map())  # noqa: S308
    context = {"import_map": served, "modules": first_modules()}
    response = render(request, "frontend/index.html", context)
    scripts = f"script-src 'self' {import_map_source()}".rstrip()
    response["Content-Security-Policy"] = "; ".join((*_POLICY, scripts))
    # It names hashed files, so a cached copy would outlive them.
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """The icon for what names none, such as a photo or JSON in a tab of its own."""
    return redirect(static("frontend/img/favicon.svg"))
