"""Uploads: who uploaded what, from where, and everything that happened to it since."""

import contextlib
from collections.abc import Sequence
from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponseBase

from uploads import services
from uploads.admin import confirming, facts, timeline
from uploads.admin.base import TitledModels, state_badge
from uploads.admin.links import link_to
from uploads.admin.list_filters import ModelFilter
from uploads.admin.long_lists import MOST_FOUND, LongListAdmin
from uploads.admin.pictures import output_of, picture_of
from uploads.admin.words import client_in_words
from uploads.errors import SourceGone
from uploads.looking_up import containing
from uploads.models import Image, Prediction, Upload, User
from uploads.states import State

_NAMES_READ: Final = 50_000
"""The newest images whose names are looked through."""


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
class UploadAdmin(TitledModels, LongListAdmin):
    """The audit's first page."""

    list_display = (
        "id",
        "thumbnail",
        "owner",
        "titled_model",
        "states",
        "created_at",
        "address",
        "with_what",
        "deleted_at",
    )
    fields = readonly_fields = (
        *("owner", "titled_model", "asked", "created_at", "address", "client"),
        *("deleted_at", "purged_at", "idempotency_key", "content_sha256", "upload_path"),
    )
    list_filter = (
        StateFilter,
        ModelFilter,
        ("deleted_at", admin.EmptyFieldListFilter),
    )
    search_help_text = "Number, user, name, address or client"
    indexed = ("user__id__exact", "user__exact")
    found_by_address = "address"
    stretch = 3_000
    texts = ("client",)
    search_fields = ("=id", "user__username", "images__image_name", "=address", "client")
    list_select_related = ("user",)
    ordering = ("-id",)
    actions = ("erase",)
    change_form_template = "admin/uploads/upload_audit.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Upload]:
        """Uploads with their images and the counts of their predictions' states."""
        counts = {f"n_{state}": _count_of(state) for state in State}
        images = Prefetch("images", Image.objects.order_by("position", "page"))
        rows: QuerySet[Upload] = super().get_queryset(request)
        return facts.with_schema(rows.prefetch_related(images).annotate(**counts))

    def by_words(self, term: str, first: int, top: int) -> list[int]:
        """Uploads by their client, and by the names of the newest images."""
        images = Image.objects.filter(upload_id__lte=top).order_by("-upload_id", "-pk")
        newest = images.values_list("pk", flat=True).first() or 0
        named = Image.objects.filter(
            containing("image_name", term),
            pk__gt=newest - _NAMES_READ,
            pk__lte=newest,
            upload_id__gte=first,
        )
        mine = self.with_words(term, first, top)
        # As sums, since SQLite would read all of an index that has the columns in order.
        both = (
            mine.annotate(key=F("pk") + 0)
            .values_list("key")
            .union(named.annotate(key=F("upload_id") + 0).values_list("key"))
        )
        return [pk for (pk,) in both.order_by("-key")[:MOST_FOUND]]

    def by_owners(self, users: Sequence[int]) -> Q:
        """Their uploads."""
        return Q(user_id__in=users)

    def has_erase_permission(self, request: HttpRequest) -> bool:
        """Who may delete what people uploaded."""
        return request.user.has_perm("uploads.erase_upload")

    @admin.action(description="Delete", permissions=["erase"])
    def erase(self, request: HttpRequest, queryset: QuerySet[Upload]) -> HttpResponseBase | None:
        """Deletes uploads as their owners could: contents and files go, facts stay."""
        rows = queryset.filter(deleted_at=None)
        actor = confirming.confirmed_by(request)
        if actor is None:
            return confirming.ask(request, rows, verb="Delete", things="uploads")
        count = 0
        for upload in rows.select_related("user")[: confirming.MOST_ROWS]:
            # Its owner may have been quicker.
            with contextlib.suppress(SourceGone):
                services.delete(upload, actor)
                count += 1
        self.message_user(request, f"{count} deleted.", messages.SUCCESS)
        return None

    @admin.display(description="")
    def thumbnail(self, upload: Upload) -> str:
        images = list(upload.images.all())
        return picture_of(images[0]) if images else ""

    @admin.display(description="user", ordering="user__username")
    def owner(self, upload: Upload) -> str:
        return link_to(User, upload.user_id, upload.user.username)

    @admin.display(description="client")
    def with_what(self, upload: Upload) -> str:
        return client_in_words(upload.client)

    @admin.display(description="parameters")
    def asked(self, upload: Upload) -> str:
        """By their titles, where the model is known."""
        return facts.listed(facts.asked(upload)) or "none"

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
                    "link": link_to(Image, row.image_id, row.image.shown_name or "(deleted)"),
                    "thumbnail": picture_of(row.image),
                    "prediction": row,
                    "prediction_link": link_to(
                        Prediction, row.pk, f"{row.model} {row.model_version}"
                    ),
                    "badge": state_badge(row),
                    "output": output_of(row),
                }
                for row in predictions
            ],
            "timeline": timeline.of_upload(int(object_id)),
        }
        response: HttpResponseBase = super().change_view(request, object_id, form_url, context)
        return response


def _count_of(state: State) -> Coalesce:
    """How many predictions of an upload are in this state: by itself, whatever a search joins."""
    rows = Prediction.objects.filter(image__upload=OuterRef("pk"), state=str(state))
    per_upload = rows.order_by().values("image__upload").annotate(count=Count("pk"))
    return Coalesce(Subquery(per_upload.values("count")), 0)
