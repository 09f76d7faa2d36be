"""What programs have of users: API keys."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase

from uploads.admin import confirming
from uploads.admin.base import ReadOnlyAdmin
from uploads.models import ApiKey
from uploads.sign_in import keys


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
