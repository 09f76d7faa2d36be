"""Whether this server lives, what it depends on, and what it is."""

import functools
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Any, Final

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import resolve
from django.utils.decorators import async_only_middleware

from imagefile.formats import FORMATS
from project.api_errors import RETRY_AFTER_SECONDS
from project.error_views import method_not_allowed
from uploads.catalog import holdings
from uploads.errors import StorageUnavailable
from uploads.models import Model
from uploads.storage import disk, handover, incoming, volume

VERSION: Final = version("darkroom")
LIVENESS: Final = "/healthz"
READINESS: Final = "/readyz"

View = Callable[[HttpRequest], JsonResponse]


def read_only(view: View) -> View:
    """Offers a view to GET and HEAD alone."""

    @functools.wraps(view)
    def answer(request: HttpRequest) -> JsonResponse:
        if request.method not in {"GET", "HEAD"}:
            return method_not_allowed("GET, HEAD")
        return view(request)

    return answer


async def healthz(request: HttpRequest) -> JsonResponse:
    """The process is alive."""
    if request.method not in {"GET", "HEAD"}:
        return method_not_allowed("GET, HEAD")
    return JsonResponse({"status": "ok"})


@async_only_middleware
def LivenessMiddleware(  # noqa: N802  # Django names middleware like classes
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    """Answers `/healthz` before anything that may wait for a thread."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info != LIVENESS:
            return await get_response(request)
        request.resolver_match = resolve(LIVENESS)
        return await healthz(request)

    return middleware


@read_only
def readyz(request: HttpRequest) -> JsonResponse:
    """Each part by name; 503 only when uploads cannot be accepted.

    Without workers or the channel layer uploads wait, which loses nothing.
    """
    database = _database_answers()
    workers = list(holdings.live_workers()) if database else []
    parts = {
        "database": "ok" if database else "failed",
        "storage": "ok" if database and _storage_takes_files() else "failed",
        "channel_layer": "ok" if _channel_layer_answers() else "degraded",
        "workers": "ok" if workers else "degraded",
        # The admin says of each worker what its system cannot keep models from.
        "confinement": "degraded" if any(one.unconfined for one in workers) else "ok",
    }
    ready = "failed" not in parts.values()
    body = {"status": "ok" if ready else "failed", **parts}
    if ready:
        return JsonResponse(body)
    return JsonResponse(body, status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


@read_only
def metadata(request: HttpRequest) -> JsonResponse:
    """What this server is, which models it has and what it accepts."""
    named = Model.objects.filter(versions__isnull=False).distinct()
    models: list[str] = list(named.order_by("name").values_list("name", flat=True))
    formats = [FORMATS[name] for name in settings.IMAGE_FORMATS]
    limits: dict[str, Any] = {
        "max_image_bytes": settings.MAX_IMAGE_BYTES,
        "max_image_pixels": settings.MAX_IMAGE_PIXELS,
        "max_images_per_upload": settings.MAX_IMAGES_PER_UPLOAD,
        "max_upload_bytes": settings.MAX_UPLOAD_BYTES,
        "content_types": [one.content_type for one in formats],
        "formats": [
            {"name": one.name, "content_type": one.content_type, "suffixes": one.suffixes}
            for one in formats
        ],
    }
    return JsonResponse(
        {
            "name": "darkroom",
            "version": VERSION,
            "models": models,
            "default_model": settings.DEFAULT_MODEL,
            "registration_open": settings.REGISTRATION_OPEN,
            "limits": limits,
        }
    )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            answers = bool(cursor.fetchone() == (1,))
        # SQLite answers from a full disk too; other databases have disks of their own.
        return answers and (connection.vendor != "sqlite" or disk.takes_bytes(settings.DATA_DIR))
    except (DatabaseError, InterfaceError):
        return False


def _storage_takes_files() -> bool:
    if not (volume.is_ours() and incoming.is_writable()):
        return False
    try:
        if handover.is_by_store():
            handover.require_store()
    except StorageUnavailable:
        return False
    return True


def _channel_layer_answers() -> bool:
    layer = get_channel_layer()
    return layer is not None and bool(async_to_sync(layer.answers)())
