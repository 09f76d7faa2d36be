"""What programs have of users: API keys, webhooks and what was sent to them."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase

from uploads.admin import confirming
from uploads.admin.base import ReadOnlyAdmin
from uploads.models import ApiKey, Webhook, WebhookDelivery
from uploads.sign_in import keys
from uploads.webhooks import registry


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys, by their public beginnings; revoking one takes effect at once."""

    list_display = (
        *("prefix", "name", "user", "scopes"),
        *("created_at", "last_used_at", "expires_at", "revoked_at"),
    )
    list_filter = ("created_at", "last_used_at", "revoked_at")
    search_fields = ("prefix", "name", "user__username")
    list_select_related = ("user",)
    exclude = ("sha256",)
    actions = ("revoke",)

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
class WebhookAdmin(ReadOnlyAdmin):
    """Where events are sent to; what an address asks for may be a secret and is not shown."""

    list_display = (
        *("place", "user", "kinds", "created_at"),
        *("delivered_at", "disabled_at", "disabled_reason", "deleted_at"),
    )
    list_filter = ("created_at", "disabled_at", "delivered_at")
    search_fields = ("user__username", "description")
    list_select_related = ("user",)
    exclude = ("secret", "url")
    readonly_fields = ("place",)
    actions = ("disable",)

    @admin.display(description="address")
    def place(self, row: Webhook) -> str:
        return row.place

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
        told = "By whoever administers this server."
        count = sum(registry.disable(row, told, actor) for row in rows.order_by("pk"))
        self.message_user(request, f"{count} disabled.", messages.SUCCESS)
        return None


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """What was sent, and how that went."""

    list_display = (
        *("created_at", "whose", "place", "kind", "upload_id", "prediction_id"),
        *("status", "attempts", "http_status", "error_code", "due_at", "ended_at"),
    )
    list_filter = ("status", "kind", "error_code")
    search_fields = ("=upload_id", "=prediction_id", "=webhook__user__username")
    list_select_related = ("webhook__user",)
    exclude = ("webhook",)
    readonly_fields = ("whose", "place")
    ordering = ("-id",)

    @admin.display(description="whose")
    def whose(self, row: WebhookDelivery) -> str:
        return str(row.webhook.user)

    @admin.display(description="address")
    def place(self, row: WebhookDelivery) -> str:
        return row.webhook.place
