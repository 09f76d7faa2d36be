"""Predictions: every attempt's outcome, with requeue and cancel."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.text import Truncator

from tracing.traceparent import log_fields
from uploads import services
from uploads.admin import confirming, facts
from uploads.admin.base import TitledModels, state_badge
from uploads.admin.links import Names, link_to
from uploads.admin.list_filters import ErrorCodeFilter, ModelFilter
from uploads.admin.long_lists import MOST_FOUND, LongListAdmin
from uploads.admin.pictures import output_of
from uploads.events import Actor
from uploads.models import Image, Prediction, TrafficSplit, Upload, User
from uploads.states import ACTIVE, State

_OF_FAILURES: Final = frozenset({"error_code__exact", "finished_at__gte"})


@admin.register(Prediction)
class PredictionAdmin(TitledModels, LongListAdmin):
    """The queue and what became of it."""

    list_display = (
        "id",
        "badge",
        "upload",
        "image_name",
        "owner",
        "titled_model",
        "tries",
        "created_at",
        "finished_at",
    )
    list_filter = ("state", ModelFilter, ErrorCodeFilter)
    indexed = ("user__id__exact", "user__exact", "image__id__exact", "image__exact")
    texts = ("error_message",)
    search_help_text = "Number, user, or words of an error"
    search_fields = ("=id", "=image__id", "=image__upload__id", "user__username", "error_message")
    list_select_related = ("image__upload", "user")
    ordering = ("-id",)
    actions = ("requeue", "cancel", "move_to_front")
    fieldsets = (
        (None, {"fields": ("badge", "error_message", "image_name", "upload", "owner")}),
        ("What was asked", {"fields": ("titled_model", "asked", "split", "turn", "trace")}),
        ("What came of it", {"fields": ("result", "everything", "origin", "took")}),
        ("When", {"fields": ("created_at", "started_at", "finished_at", "tries", "held")}),
    )
    readonly_fields = tuple(name for _, options in fieldsets for name in options["fields"])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Prediction]:
        """Predictions with what their models' parameters are called."""
        rows: QuerySet[Prediction] = super().get_queryset(request)
        return facts.with_schema(rows)

    @admin.display(description="parameters")
    def asked(self, row: Prediction) -> str:
        """By their titles, where the model is known."""
        return facts.listed(facts.asked(row)) or "none"

    @admin.display(description="split of traffic")
    def split(self, row: Prediction) -> str:
        """That which its version was chosen by."""
        if row.traffic_split is None:
            return "its version was named" if row.version_named else "none"
        return link_to(TrafficSplit, row.traffic_split, f"split {row.traffic_split}")

    @admin.display(description="turn")
    def turn(self, row: Prediction) -> str:
        """When it may be taken, where that is out of the ordinary."""
        if row.state == State.QUEUED and row.run_after is not None:
            return f"tried again from {row.run_after:%Y-%m-%d %H:%M:%S}"
        return "moved to the front" if row.fair_rank < 0 else "by its place in the queue"

    @admin.display(description="trace")
    def trace(self, row: Prediction) -> str:
        """The id by which logs and traces name it."""
        return log_fields(row.traceparent).get("trace_id", "not traced")

    @admin.display(description="result")
    def result(self, row: Prediction) -> str:
        return output_of(row)

    @admin.display(description="all that the model answered")
    def everything(self, row: Prediction) -> str:
        return facts.everything(row)

    @admin.display(description="computed by")
    def origin(self, row: Prediction) -> str:
        return facts.origin(row.provenance)

    @admin.display(description="times")
    def took(self, row: Prediction) -> str:
        return facts.times(row.timing)

    @admin.display(description="held by")
    def held(self, row: Prediction) -> str:
        """The worker that computes it now, how far it is, and until when it has it."""
        if not row.lease_owner or row.lease_until is None:
            return "nobody"
        worker = Names(workers=[row.lease_owner]).worker(row.lease_owner)
        until = f"until {row.lease_until:%H:%M:%S} unless it says that it lives"
        return format_html("{}, {}, {}", worker, f"{row.progress:.0%} done", until)

    @admin.display(description="state", ordering="state")
    def badge(self, row: Prediction) -> str:
        return state_badge(row)

    @admin.display(description="upload")
    def upload(self, row: Prediction) -> str:
        return link_to(Upload, row.image.upload_id, row.image.upload_id)

    @admin.display(description="image")
    def image_name(self, row: Prediction) -> str:
        return link_to(Image, row.image_id, Truncator(str(row.image)).chars(30))

    @admin.display(description="user", ordering="user__username")
    def owner(self, row: Prediction) -> str:
        return link_to(User, row.user_id, row.user.username)

    @admin.display(description="attempt", ordering="attempt")
    def tries(self, row: Prediction) -> str:
        """The attempt, with what went wrong before it."""
        before = []
        if row.failures:
            before.append(f"{row.failures} failed")
        if row.lease_losses:
            before.append(f"{row.lease_losses} lost")
        return f"{row.attempt} ({', '.join(before)})" if before else str(row.attempt)

    def by_number(self, number: int) -> Q:
        """A prediction by its own number, or those of an image or of an upload."""
        images = Image.objects.filter(upload_id=number).values_list("pk", flat=True)
        return Q(pk=number) | Q(image_id__in=[number, *images[:MOST_FOUND]])

    def by_owners(self, users: Sequence[int]) -> Q:
        """Their predictions."""
        return Q(user_id__in=users)

    def is_indexed(self, query: Any, lookups: Collection[str]) -> bool:
        """What waits or runs has an index of its own, and what failed by its code or its time."""
        state = query.get("state__exact")
        is_failure = state == State.FAILED and bool(_OF_FAILURES & set(lookups))
        return is_failure or state in ACTIVE or super().is_indexed(query, lookups)

    def has_requeue_permission(self, request: HttpRequest) -> bool:
        """Who may give people's predictions another chance."""
        return request.user.has_perm("uploads.requeue_prediction")

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        """Who may call people's predictions off."""
        return request.user.has_perm("uploads.cancel_prediction")

    @admin.action(description="Requeue", permissions=["requeue"])
    def requeue(self, request: HttpRequest, queryset: QuerySet[Prediction]) -> HttpResponse | None:
        """Gives failed and canceled predictions another chance."""
        return self._each(request, queryset, services.retry, "Requeue", "requeued")

    @admin.action(description="Cancel", permissions=["cancel"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Prediction]) -> HttpResponse | None:
        """Calls queued and running predictions off."""
        return self._each(request, queryset, services.cancel, "Cancel", "canceled")

    def has_advance_permission(self, request: HttpRequest) -> bool:
        """Who may have people's predictions be taken before others'."""
        return request.user.has_perm("uploads.advance_prediction")

    @admin.action(description="Move to the front", permissions=["advance"])
    def move_to_front(
        self, request: HttpRequest, queryset: QuerySet[Prediction]
    ) -> HttpResponse | None:
        """Has queued predictions be claimed before all others of their model."""
        done = "moved to the front"
        return self._each(request, queryset, services.move_to_front, "Move to the front", done)

    def _each(
        self,
        request: HttpRequest,
        rows: QuerySet[Prediction],
        act: Callable[[Prediction, Actor], Any],
        verb: str,
        done: str,
    ) -> HttpResponse | None:
        actor = confirming.confirmed_by(request)
        if actor is None:
            return confirming.ask(request, rows, verb=verb, things="predictions")
        chosen = rows.order_by("pk").select_related("image", "user")[: confirming.MOST_ROWS]
        confirming.each(request, chosen, act, actor, done)
        return None
