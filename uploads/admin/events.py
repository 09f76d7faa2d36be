"""The audit trail."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from uploads.admin import facts
from uploads.admin.base import TitledModels
from uploads.admin.change_list import LongChangeList
from uploads.admin.export import download
from uploads.admin.links import Names, link_to
from uploads.admin.list_filters import ErrorCodeFilter, KindFilter, ModelFilter
from uploads.admin.long_lists import LongListAdmin
from uploads.admin.timeline import words_of
from uploads.event_export import Format
from uploads.models import Event, Image, Prediction, Upload


@admin.register(Event)
class EventAdmin(TitledModels, LongListAdmin):
    """What happened, newest first."""

    list_display = (
        "at",
        "what",
        "whose",
        "of_upload",
        "of_image",
        "of_prediction",
        "attempt",
        "by",
        "address",
        "titled_model",
    )
    fields = readonly_fields = (
        *("at", "what_exactly", "whose", "of_upload", "of_image", "of_prediction", "attempt"),
        *("by", "address", "client", "reason", "titled_model", "model_sha256", "noted", "number"),
    )
    list_filter = (KindFilter, ModelFilter, ErrorCodeFilter)
    dated_by = "at"
    indexed = ("user_id__exact", "user_id", "upload_id__exact", "upload_id", "prediction_id")
    found_by_owner = False
    search_help_text = "Number of anything, or an address"
    search_fields = ("=upload_id", "=image_id", "=prediction_id", "=user_id", "=address")
    ordering = ("-id",)
    list_before_template = "admin/uploads/export_links.html"

    def by_number(self, number: int) -> Q:
        """Events of an upload, a prediction or a user; an image's are in its upload's."""
        image = Image.objects.filter(pk=number).values_list("upload_id", flat=True)
        of_image = Q(upload_id__in=list(image), image_id=number)
        return of_image | Q(upload_id=number) | Q(prediction_id=number) | Q(user_id=number)

    def get_urls(self) -> list[URLPattern]:
        """The list's events as a file."""
        view = self.admin_site.admin_view(self.export)
        theirs: list[URLPattern] = super().get_urls()
        return [path("export/<str:form>/", view, name="export_events"), *theirs]

    def export(self, request: HttpRequest, form: str) -> HttpResponseBase:
        """The events that the address' filters leave."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).whole(request)
        except IncorrectLookupParameters:
            raise BadRequest("These filters do not make sense.") from None
        return download(request, rows, form)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """The list, with where to take it along."""
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        links = {
            f"export_{form}": reverse("admin:export_events", args=[form]) + query for form in Format
        }
        shown: HttpResponseBase = super().changelist_view(request, (extra_context or {}) | links)
        return shown

    def get_changelist_instance(self, request: HttpRequest) -> LongChangeList:
        """The list, with the names of everybody in it."""
        shown: LongChangeList = super().get_changelist_instance(request)
        rows: list[Any] = list(shown.result_list)
        users = {row.user_id for row in rows} | {row.actor_id for row in rows}
        names = Names(users=users, workers={row.worker for row in rows})
        for row in rows:
            row.names = names
        shown.result_list = rows
        return shown

    @admin.display(description="what", ordering="kind")
    def what(self, row: Event) -> str:
        """In words, with the code of what went wrong."""
        if not row.error_code:
            return words_of(row.kind)
        return format_html(
            '{}<br><span class="dr-quiet">{}</span>', words_of(row.kind), row.error_code
        )

    @admin.display(description="what")
    def what_exactly(self, row: Event) -> str:
        """In words, and as programs know it."""
        codes = " ".join(code for code in (row.kind, row.error_code) if code)
        return format_html('{} <span class="dr-quiet">{}</span>', words_of(row.kind), codes)

    @admin.display(description="noted")
    def noted(self, row: Event) -> str:
        return facts.told(row.facts)

    @admin.display(description="number")
    def number(self, row: Event) -> str:
        """Its own, and that among its user's."""
        return f"{row.pk}" if row.seq is None else f"{row.pk}, told its user as {row.seq}"

    @admin.display(description="whose", ordering="user_id")
    def whose(self, row: Event) -> str:
        return _names(row).user(row.user_id)

    @admin.display(description="upload", ordering="upload_id")
    def of_upload(self, row: Event) -> str:
        return link_to(Upload, row.upload_id, row.upload_id)

    @admin.display(description="image", ordering="image_id")
    def of_image(self, row: Event) -> str:
        return link_to(Image, row.image_id, row.image_id)

    @admin.display(description="prediction", ordering="prediction_id")
    def of_prediction(self, row: Event) -> str:
        return link_to(Prediction, row.prediction_id, row.prediction_id)

    @admin.display(description="by", ordering="actor_id")
    def by(self, row: Event) -> str:
        """A person, else a worker."""
        return _names(row).user(row.actor_id) or _names(row).worker(row.worker) or "worker"


def _names(row: Any) -> Names:
    """Those of the whole list, else of this row's own page."""
    names = getattr(row, "names", None)
    if not isinstance(names, Names):
        names = row.names = Names(users=[row.user_id, row.actor_id], workers=[row.worker])
    return names
