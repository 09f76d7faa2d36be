"""The one page of the browser view, and what a system needs to install it; everything on it comes
from the API."""

from pathlib import Path
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
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
_SERVICE_WORKER: Final = Path(__file__).resolve().parent / "static/frontend/service_worker.js"
_GROUND: Final = "#0c0909"
_ICONS: Final = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable-512.png", "512x512", "maskable"),
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
def manifest(request: HttpRequest) -> JsonResponse:
    """What a system is told that installs the page, and shares photos with it."""
    icons = [
        {
            "src": static(f"frontend/img/{name}"),
            "sizes": sizes,
            "type": "image/png",
            "purpose": purpose,
        }
        for name, sizes, purpose in _ICONS
    ]
    files = {"name": "photos", "accept": ["image/*", "application/pdf"]}
    share = {"action": "/share", "method": "POST", "enctype": "multipart/form-data"}
    body = {
        "name": "Darkroom",
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": _GROUND,
        "theme_color": _GROUND,
        "icons": icons,
        "share_target": {**share, "params": {"files": [files]}},
    }
    headers = {"Cache-Control": "no-cache"}
    return JsonResponse(body, content_type="application/manifest+json", headers=headers)


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that takes shared photos: at the root, since what it serves lies beside it."""
    headers = {"Cache-Control": "no-cache"}
    script = _SERVICE_WORKER.read_text()
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers=headers)


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """The icon for what names none, such as a photo or JSON in a tab of its own."""
    return redirect(static("frontend/img/favicon.svg"))
