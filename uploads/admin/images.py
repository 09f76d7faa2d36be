"""Images: one file or page each, what became of it, and everybody who ever touched it."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from uploads import services
from uploads.actors import actor_of
from uploads.admin import facts, timeline, touches
from uploads.admin.base import state_badge
from uploads.admin.links import link_to
from uploads.admin.list_filters import UploadModelFilter
from uploads.admin.long_lists import MOST_FOUND, LongListAdmin
from uploads.admin.pictures import output_of, picture_of
from uploads.admin.words import client_in_words
from uploads.errors import SourceGone
from uploads.event_export import Format
from uploads.finding import with_sha256
from uploads.models import Image, Prediction, Upload, User

_SAME_SHOWN: Final = 100
_SHA256_SHOWN: Final = 12


@admin.register(Image)
class ImageAdmin(LongListAdmin):
    """Who has which picture, found by its name or by its bytes."""

    list_display = (
        "id",
        "thumbnail",
        "shown",
        "owner",
        "of_upload",
        "measures",
        "sha256_begins",
        "uploaded_at",
        "kept",
    )
    list_filter = (UploadModelFilter,)
    dated_by = "upload__created_at"
    indexed = ("sha256__exact", "sha256", "upload__id__exact", "upload__exact")
    texts = ("image_name",)
    search_fields = ("=id", "image_name", "upload__user__username")
    search_help_text = "Number, name, user or SHA-256"
    ordering = ("-id",)
    change_form_template = "admin/uploads/image_audit.html"
    actions = ("pin", "unpin")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Image]:
        """Images with whose they are."""
        rows: QuerySet[Image] = super().get_queryset(request)
        return rows.select_related("upload__user")

    def by_number(self, number: int) -> Q:
        """An image by its own number, or those of an upload."""
        return Q(pk=number) | Q(upload_id=number)

    def by_owners(self, users: Sequence[int]) -> Q:
        """The images of their newest uploads."""
        uploads = Upload.objects.filter(user_id__in=users).order_by("-pk")
        return Q(upload_id__in=list(uploads.values_list("pk", flat=True)[:MOST_FOUND]))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Image], search_term: str
    ) -> tuple[QuerySet[Image], bool]:
        """Images of this hash, else by what the fields hold."""
        which = with_sha256(search_term)
        if which is not None and queryset.filter(which).exists():
            return queryset.filter(which), False
        rows, has_duplicates = super().get_search_results(request, queryset, search_term)
        return rows, has_duplicates

    def has_pin_permission(self, request: HttpRequest) -> bool:
        """Who may keep people's files in the local storage."""
        return request.user.has_perm("uploads.pin_image")

    @admin.action(description="Pin: keep local files", permissions=["pin"])
    def pin(self, request: HttpRequest, queryset: QuerySet[Image]) -> None:
        """Has retention leave the files of these images alone."""
        self._pin(request, queryset, is_pinned=True)

    @admin.action(description="Unpin: local files may go", permissions=["pin"])
    def unpin(self, request: HttpRequest, queryset: QuerySet[Image]) -> None:
        """Has retention treat these images as any others."""
        self._pin(request, queryset, is_pinned=False)

    def _pin(self, request: HttpRequest, queryset: QuerySet[Image], *, is_pinned: bool) -> None:
        acted = refused = 0
        for image in queryset.select_related("upload"):
            try:
                services.pin(image, actor_of(request), is_pinned=is_pinned)
            except SourceGone:
                refused += 1
            else:
                acted += 1
        done = "pinned" if is_pinned else "unpinned"
        if acted:
            self.message_user(request, f"{acted} {done}.", messages.SUCCESS)
        if refused:
            what = f"{refused} could not be {done}: they are deleted."
            self.message_user(request, what, messages.WARNING)

    @admin.display(description="")
    def thumbnail(self, image: Image) -> str:
        return picture_of(image)

    @admin.display(description="name", ordering="image_name")
    def shown(self, image: Image) -> str:
        return image.shown_name or "(deleted)"

    @admin.display(description="user", ordering="upload__user__username")
    def owner(self, image: Image) -> str:
        return link_to(User, image.upload.user_id, image.upload.user.username)

    @admin.display(description="upload", ordering="upload")
    def of_upload(self, image: Image) -> str:
        return link_to(Upload, image.upload_id, image.upload_id)

    @admin.display(description="size")
    def measures(self, image: Image) -> str:
        return f"{image.width} \N{MULTIPLICATION SIGN} {image.height}"

    @admin.display(description="SHA-256", ordering="sha256")
    def sha256_begins(self, image: Image) -> str:
        return image.sha256[:_SHA256_SHOWN]

    @admin.display(description="files")
    def kept(self, image: Image) -> str:
        """Where its original is, in words."""
        if not image.image_path:
            return "deleted"
        places = []
        if image.purged_at is None:
            places.append("here")
        if image.archived_at is not None:
            places.append("in the archive")
        pinned = ", pinned" if image.pinned_at else ""
        return f"{' and '.join(places) or 'nowhere'}{pinned}"

    @admin.display(description="uploaded", ordering="upload__created_at")
    def uploaded_at(self, image: Image) -> Any:
        return image.upload.created_at

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        """One image: the picture, its facts, its predictions side by side, its timeline."""
        image = self.get_object(request, object_id)
        context = {**(extra_context or {}), **(_about(image) if isinstance(image, Image) else {})}
        response: HttpResponseBase = super().change_view(request, object_id, form_url, context)
        return response


def _proof(images: Sequence[Image]) -> dict[str, str]:
    """Where the events of all uploads of these images are taken along."""
    uploads = ",".join(str(pk) for pk in sorted({one.upload_id for one in images}))
    query = urlencode({"upload_id__in": uploads})
    return {
        f"export_{form}": f"{reverse('admin:export_events', args=[form])}?{query}"
        for form in Format
    }


def _about(image: Image) -> dict[str, Any]:
    """What the page of an image shows."""
    upload = image.upload
    predictions = list(facts.with_schema(image.predictions.order_by("pk")))
    others = Image.objects.filter(sha256=image.sha256, page=image.page).exclude(pk=image.pk)
    same = list(others.select_related("upload__user").order_by("-pk")[: _SAME_SHOWN + 1])
    touched, has_more_events = touches.by_people([image, *same[:_SAME_SHOWN]])
    lines, names = timeline.of_image(
        image,
        workers=[_worker(row) for row in predictions],
        users=[one.person for one in touched],
    )
    return {
        "title": f"Image {image.pk}",
        "image": image,
        "picture": picture_of(image, "dr-picture"),
        "original_file": reverse("admin:original", args=[image.pk]) if image.image_path else "",
        "upload": upload,
        "with_what": client_in_words(upload.client),
        "upload_link": link_to(Upload, upload.pk, f"Upload {upload.pk}"),
        "user_link": link_to(User, upload.user_id, upload.user.username),
        "predictions": [
            {
                "row": row,
                "link": link_to(Prediction, row.pk, f"Prediction {row.pk}"),
                "version": names.version(row.model, row.model_version),
                "badge": state_badge(row),
                "worker": names.worker(_worker(row)),
                "output": output_of(row),
                "asked": facts.asked(row),
            }
            for row in predictions
        ],
        "same": [
            {
                "link": link_to(Image, one.pk, one.shown_name or f"Image {one.pk} (deleted)"),
                "user": link_to(User, one.upload.user_id, one.upload.user.username),
                "at": one.upload.created_at,
            }
            for one in same[:_SAME_SHOWN]
        ],
        "more_same": len(same) > _SAME_SHOWN,
        **_proof([image, *same[:_SAME_SHOWN]]),
        "touched": touches.lines(touched, names),
        "most_events": f"{touches.MOST_EVENTS:,}" if has_more_events else "",
        "timeline": lines,
        "is_of_image": True,
    }


def _worker(row: Prediction) -> str:
    """Who holds it, else who computed it; empty if nobody did."""
    return row.lease_owner or str((row.provenance or {}).get("worker", ""))
