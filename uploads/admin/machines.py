"""What programs have of users: API keys, webhooks and what was sent to them."""

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase

from uploads.admin import confirming
from uploads.admin.links import link_to
from uploads.admin.list_filters import KnownFilter
from uploads.admin.long_lists import MOST_FOUND, LongListAdmin
from uploads.admin.timeline import words_of
from uploads.admin.words import took
from uploads.ids import id_in
from uploads.models import ApiKey, Prediction, Upload, User, Webhook, WebhookDelivery
from uploads.sign_in import keys
from uploads.webhooks import registry
from uploads.webhooks.bodies import FINISHED, KINDS, TEST

_KINDS: Final = {FINISHED: "Upload finished", TEST: "Test"}


class _OfUsersAdmin(LongListAdmin):
    """Rows that each belong to a user."""

    list_select_related = ("user",)
    indexed = ("user__id__exact", "user__exact")
    ordering = ("-id",)

    @admin.display(description="user")
    def owner(self, row: Any) -> str:
        return link_to(User, row.user_id, row.user.username)

    def by_owners(self, users: Sequence[int]) -> Q:
        """Theirs."""
        return Q(user_id__in=users)


@admin.register(ApiKey)
class ApiKeyAdmin(_OfUsersAdmin):
    """Keys, by their public beginnings; revoking one takes effect at once."""

    list_display = (
        *("prefix", "name", "owner", "may"),
        *("created_at", "last_used_at", "expires_at", "revoked_at"),
    )
    list_filter = ("last_used_at", "revoked_at")
    texts = ("prefix", "name")
    search_fields = ("=id", "prefix", "name", "user__username")
    search_help_text = "User, beginning of the key, or name."
    exclude = ("sha256", "scopes")
    readonly_fields = ("may",)
    actions = ("revoke",)

    @admin.display(description="scopes")
    def may(self, row: ApiKey) -> str:
        return ", ".join(row.scopes)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Who may change people's accounts."""
        return request.user.has_perm("uploads.change_user")

    @admin.action(description="Revoke", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> HttpResponseBase | None:
        """Has the chosen keys do nothing from now on."""
        rows = queryset.filter(revoked_at=None)
        actor = confirming.confirmed_by(request)
        if actor is None:
            return confirming.ask(request, rows, verb="Revoke", things="API keys")
        count = sum(keys.revoke(row, actor) for row in rows.order_by("pk"))
        self.message_user(request, f"{count} revoked.", messages.SUCCESS)
        return None


@admin.register(Webhook)
class WebhookAdmin(_OfUsersAdmin):
    """Where events are sent to; what an address asks for may be a secret and is not shown."""

    list_display = (*("place", "owner", "told_of", "created_at", "delivered_at", "standing"),)
    list_filter = ("disabled_at", "delivered_at")
    texts = ("description",)
    search_fields = ("=id", "user__username", "description")
    search_help_text = "Number, user, or description."
    fields = readonly_fields = (
        *("place", "owner", "description", "told_of", "created_at"),
        *("served_at", "delivered_at", "standing"),
    )
    # Nor is it filtered by these.
    exclude = ("secret", "url", "kinds")
    actions = ("disable",)

    @admin.display(description="address")
    def place(self, row: Webhook) -> str:
        return row.place

    @admin.display(description="told of")
    def told_of(self, row: Webhook) -> str:
        return ", ".join(_words_of(kind) for kind in row.kinds)

    @admin.display(description="state")
    def standing(self, row: Webhook) -> str:
        """Whether anything is sent to it, and since when and why nothing is."""
        if row.deleted_at is not None:
            return f"deleted {row.deleted_at:%Y-%m-%d %H:%M}"
        if row.disabled_at is not None:
            return f"disabled {row.disabled_at:%Y-%m-%d %H:%M}: {row.disabled_reason}"
        return "works"

    def has_disable_permission(self, request: HttpRequest) -> bool:
        """Who may change people's accounts."""
        return request.user.has_perm("uploads.change_user")

    @admin.action(description="Disable", permissions=["disable"])
    def disable(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> HttpResponseBase | None:
        """Has nothing sent to the chosen ones until their users enable them again."""
        rows = queryset.filter(disabled_at=None, deleted_at=None)
        actor = confirming.confirmed_by(request)
        if actor is None:
            return confirming.ask(request, rows, verb="Disable", things="webhooks")
        by_staff = Webhook.Disabled.BY_STAFF
        count = sum(registry.disable(row, by_staff, actor) for row in rows.order_by("pk"))
        self.message_user(request, f"{count} disabled.", messages.SUCCESS)
        return None


class DeliveryKindFilter(KnownFilter):
    """By what it tells of."""

    title = "kind"
    parameter_name = "kind__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All there are."""
        return [(kind, _words_of(kind)) for kind in (*KINDS, TEST)]


def _words_of(kind: str) -> str:
    """What a message that tells of this is called."""
    return _KINDS.get(kind) or words_of(kind)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(LongListAdmin):
    """What was sent, and how that went."""

    list_display = (
        *("created_at", "whose", "place", "tells"),
        *("of_upload", "of_prediction", "standing", "ended_at"),
    )
    list_filter = ("status", DeliveryKindFilter, ("error_code", admin.EmptyFieldListFilter))
    indexed = ("webhook__id__exact", "webhook__exact")
    # Of the newest rows: no index has these numbers.
    texts = ("upload_id", "prediction_id")
    search_fields = ("=id", "=upload_id", "=prediction_id", "webhook__user__username")
    search_help_text = "User, or number of an upload or a prediction."
    list_select_related = ("webhook__user",)
    fields = readonly_fields = (
        *("whose", "place", "tells", "of_upload", "of_prediction", "message_id"),
        *("created_at", "standing", "duration", "ended_at"),
    )
    ordering = ("-id",)

    @admin.display(description="tells of")
    def tells(self, row: WebhookDelivery) -> str:
        return _words_of(row.kind)

    @admin.display(description="state")
    def standing(self, row: WebhookDelivery) -> str:
        """How sending it goes: what was answered, how often it was sent, and when it is again."""
        if row.status == WebhookDelivery.Status.PENDING:
            if row.webhook.deleted_at is not None:
                return "not sent: its webhook is deleted"
            if row.webhook.disabled_at is not None:
                return "waits until its webhook is enabled"
        parts = [str(row.status)]
        if row.http_status is not None:
            parts.append(f"answered with {row.http_status}")
        elif row.error_code:
            parts.append(row.error_code)
        if row.attempts > 1:
            parts.append(f"sent {row.attempts} times")
        if row.attempts and row.status == WebhookDelivery.Status.PENDING and row.due_at:
            parts.append(f"again at {row.due_at:%Y-%m-%d %H:%M:%S}")
        return ", ".join(parts)

    @admin.display(description="took")
    def duration(self, row: WebhookDelivery) -> str:
        return "" if row.duration_ms is None else took(row.duration_ms)

    @admin.display(description="whose")
    def whose(self, row: WebhookDelivery) -> str:
        return link_to(User, row.webhook.user_id, row.webhook.user.username)

    @admin.display(description="address")
    def place(self, row: WebhookDelivery) -> str:
        return row.webhook.place

    @admin.display(description="upload")
    def of_upload(self, row: WebhookDelivery) -> str:
        return link_to(Upload, row.upload_id, row.upload_id)

    @admin.display(description="prediction")
    def of_prediction(self, row: WebhookDelivery) -> str:
        return link_to(Prediction, row.prediction_id, row.prediction_id)

    def by_owners(self, users: Sequence[int]) -> Q:
        """What was sent to their webhooks."""
        hooks = Webhook.objects.filter(user_id__in=users).order_by("-pk")
        return Q(webhook_id__in=list(hooks.values_list("pk", flat=True)[:MOST_FOUND]))

    def with_words(self, term: str, first: int, top: int) -> QuerySet[Any]:
        """Those among these ids that tell of an upload or a prediction of this number."""
        numbers = Q(pk__in=())
        if (number := id_in(term)) is not None:
            numbers = Q(upload_id=number) | Q(prediction_id=number)
        return self.among(first, top).filter(numbers)
