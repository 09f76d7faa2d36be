"""Uploads: who uploaded what, from where, and everything that happened to it since."""

from typing import Any, Final

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from uploads.actors import actor_of
from uploads.admin.base import ReadOnlyAdmin, TitledModels, state_badge
from uploads.downloads import result
from uploads.event_kinds import Kind
from uploads.events import recording
from uploads.models import Event, Image, Prediction, Upload, User
from uploads.states import State
from uploads.thumbnails import thumbnail_of

_TIMELINE: Final = (
    *("at", "kind", "image_id", "prediction_id", "attempt"),
    *("actor_id", "address", "client", "error_code"),
)
_TIMELINE_EVENTS: Final = 1000


class StateFilter(SimpleListFilter):
    """Uploads that have a prediction in the chosen state."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(state), str(state)) for state in State]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Upload]) -> QuerySet[Upload]:
        if self.value() is None:
            return queryset
        found = Prediction.objects.filter(image__upload=OuterRef("pk"), state=self.value())
        return queryset.filter(Exists(found))


@admin.register(Upload)
class UploadAdmin(TitledModels, ReadOnlyAdmin):
    """The audit's first page."""

    list_display = (
        "id",
        "thumbnail",
        "user",
        "titled_model",
        "states",
        "created_at",
        "address",
        "client",
        "deleted_at",
    )
    list_filter = (StateFilter, "model", "created_at", ("deleted_at", admin.EmptyFieldListFilter))
    search_fields = ("=id", "user__username", "images__image_name", "=address", "client")
    list_select_related = ("user",)
    ordering = ("-id",)
    change_form_template = "admin/uploads/upload_audit.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Upload]:
        """Uploads with their images and the counts of their predictions' states."""
        counts = {f"n_{state}": _count_of(state) for state in State}
        images = Prefetch("images", Image.objects.order_by("position", "page"))
        rows: QuerySet[Upload] = super().get_queryset(request)
        return rows.prefetch_related(images).annotate(**counts)

    @admin.display(description="")
    def thumbnail(self, upload: Upload) -> str:
        images = list(upload.images.all())
        return picture_of(images[0]) if images else ""

    @admin.display(description="states")
    def states(self, upload: Upload) -> str:
        counts = {state: getattr(upload, f"n_{state}") for state in State}
        return ", ".join(f"{count} {state}" for state, count in counts.items() if count)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        """One upload with its images, their results and the timeline of its events."""
        if not (object_id.isascii() and object_id.isdigit() and len(object_id) < 19):
            raise Http404("There is no such upload.")
        predictions = (
            Prediction.objects.filter(image__upload=int(object_id))
            .select_related("image")
            .order_by("image__position", "image__page", "pk")
        )
        context = {
            **(extra_context or {}),
            "images": [
                {
                    "image": row.image,
                    "thumbnail": picture_of(row.image),
                    "prediction": row,
                    "badge": state_badge(row),
                    "output": output_of(row),
                }
                for row in predictions
            ],
            "timeline": timeline_of(int(object_id)),
        }
        response: HttpResponseBase = super().change_view(request, object_id, form_url, context)
        return response

    def get_urls(self) -> list[URLPattern]:
        """The admin's own addresses for pictures, since an `<img>` cannot carry a token."""
        own = [
            path("thumbnail/<int:pk>/", self.admin_site.admin_view(self.picture), name="thumbnail"),
            path("output/<int:pk>/", self.admin_site.admin_view(self.output), name="output"),
        ]
        theirs: list[URLPattern] = super().get_urls()
        return own + theirs

    def picture(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """An image's thumbnail."""
        self._require_view(request)
        image = get_object_or_404(Image.objects.select_related("upload"), pk=pk)
        shown = thumbnail_of(image)
        _note_viewed(request, image)
        return shown

    def output(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """A prediction's result file."""
        self._require_view(request)
        prediction = get_object_or_404(Prediction.objects.select_related("image__upload"), pk=pk)
        shown = result(prediction)
        _note_viewed(request, prediction.image, prediction_id=prediction.pk)
        return shown

    def _require_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied


def _note_viewed(request: HttpRequest, image: Image, prediction_id: int | None = None) -> None:
    """Tells the audit who has looked at whose picture: its thumbnail, or a prediction's result."""
    with recording() as log:
        log.add(
            Kind.IMAGE_VIEWED,
            user_id=image.upload.user_id,
            actor=actor_of(request),
            upload_id=image.upload_id,
            image_id=image.pk,
            prediction_id=prediction_id,
        )


def _count_of(state: State) -> Coalesce:
    """How many predictions of an upload are in this state: by itself, whatever a search joins."""
    rows = Prediction.objects.filter(image__upload=OuterRef("pk"), state=str(state))
    per_upload = rows.order_by().values("image__upload").annotate(count=Count("pk"))
    return Coalesce(Subquery(per_upload.values("count")), 0)


def timeline_of(upload_id: int) -> list[dict[str, Any]]:
    """What happened to an upload, oldest first, each event with the name of who did it."""
    rows = Event.objects.filter(upload_id=upload_id).order_by("id")
    events = list(rows.values(*_TIMELINE)[:_TIMELINE_EVENTS])
    names = dict(
        User.objects.filter(pk__in={event["actor_id"] for event in events}).values_list(
            "pk", "username"
        )
    )
    for event in events:
        actor = event["actor_id"]
        event["by"] = "worker" if actor is None else names.get(actor, f"user {actor}")
    return events


def picture_of(image: Image) -> str:
    """An image's thumbnail as HTML; empty until it is made."""
    if not image.thumbnail_path:
        return ""
    address = reverse("admin:thumbnail", args=[image.pk])
    return format_html('<img src="{}" alt="" style="max-height:64px;border-radius:4px">', address)


def output_of(prediction: Prediction) -> str:
    """A prediction's result as HTML, short."""
    output = prediction.output or {}
    if output.get("kind") == "image":
        address = reverse("admin:output", args=[prediction.pk])
        return format_html('<img src="{}" alt="" style="max-height:160px">', address)
    if output.get("kind") == "labels":
        best = output["labels"][:3]
        return ", ".join(f"{one['label']} {one['score']:.2f}" for one in best)
    return str(output.get("text", ""))[:400]
