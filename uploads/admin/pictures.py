"""Pictures and results in the admin: as HTML, and at addresses of the admin's own.

An `<img>` cannot carry a token, so the admin serves them to its session; each look is an event.
"""

from typing import Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join

from uploads import downloads
from uploads.actors import actor_of
from uploads.event_kinds import Kind
from uploads.events import recording
from uploads.models import Image, Prediction
from uploads.thumbnails import thumbnail_of

_TEXT_SHOWN: Final = 400
_LABELS_SHOWN: Final = 3


def picture_of(image: Image, css_class: str = "dr-thumbnail") -> str:
    """An image's thumbnail as HTML; empty until it is made."""
    if not image.thumbnail_path:
        return ""
    address = reverse("admin:thumbnail", args=[image.pk])
    return format_html('<img src="{}" alt="{}" class="{}">', address, image.shown_name, css_class)


def output_of(prediction: Prediction) -> str:
    """A prediction's result as HTML, short."""
    output = prediction.output or {}
    if output.get("kind") == "image":
        address = reverse("admin:output", args=[prediction.pk])
        return format_html('<img src="{}" alt="The result" class="dr-result">', address)
    if output.get("kind") == "labels":
        best = [(one["label"], f"{one['score']:.2f}") for one in output["labels"][:_LABELS_SHOWN]]
        return format_html_join(", ", "{} {}", best)
    return str(output.get("text", ""))[:_TEXT_SHOWN]


def addresses() -> list[URLPattern]:
    """Where the admin serves pictures, results and originals."""
    views = {"thumbnail": _thumbnail, "output": _output, "original": _original}
    return [
        path(f"{name}/<int:pk>/", admin.site.admin_view(view), name=name)
        for name, view in views.items()
    ]


def _thumbnail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An image's thumbnail."""
    image = _image(request, pk)
    shown = thumbnail_of(image)
    _note(Kind.IMAGE_VIEWED, request, image)
    return shown


def _original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An image's original, as a download."""
    image = _image(request, pk)
    file = downloads.original(image)
    _note(Kind.FILE_DOWNLOADED, request, image)
    return file


def _output(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A prediction's result file."""
    _require(request)
    prediction = get_object_or_404(Prediction.objects.select_related("image__upload"), pk=pk)
    shown = downloads.result(prediction)
    _note(Kind.IMAGE_VIEWED, request, prediction.image, prediction_id=prediction.pk)
    return shown


def _image(request: HttpRequest, pk: int) -> Image:
    _require(request)
    return get_object_or_404(Image.objects.select_related("upload"), pk=pk)


def _require(request: HttpRequest) -> None:
    if not request.user.has_perm("uploads.view_upload"):
        raise PermissionDenied


def _note(kind: Kind, request: HttpRequest, image: Image, prediction_id: int | None = None) -> None:
    """Tells the audit who has looked at, or taken, what of whom."""
    with recording() as log:
        log.add(
            kind,
            user_id=image.upload.user_id,
            actor=actor_of(request),
            upload_id=image.upload_id,
            image_id=image.pk,
            prediction_id=prediction_id,
        )
