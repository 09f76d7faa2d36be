"""Accounts and their sign-ins."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from uploads.admin.base import ReadOnlyAdmin
from uploads.models import Session, User


class NewUserForm(UserCreationForm):  # type: ignore[misc]  # it has no types
    """A new account; whether its name is taken is the model's to say."""

    def clean_username(self) -> str:
        """The name as it is; Django's own look-up knows cases of ASCII alone on some databases."""
        name: str = self.cleaned_data["username"]
        return name


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[misc,type-arg]  # it has no types
    """Accounts: quotas, rights, and an end to their sign-ins."""

    form = UserChangeForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "is_active", "is_staff", "date_joined", "last_login")
    actions = ("end_sessions",)
    fieldsets = (
        *(DjangoUserAdmin.fieldsets or ()),
        ("Darkroom", {"fields": ("quota_bytes", "quota_queued", "tokens_valid_after")}),
    )
    readonly_fields = ("tokens_valid_after",)

    @admin.action(description="Sign out everywhere")
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Ends every sign-in of the chosen users: tokens are refused, sockets close."""
        for user in queryset:
            user.end_sessions()

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Users are disabled, not deleted: their uploads stay accounted for."""
        return False


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """Who signed in, when and from where."""

    list_display = ("user", "created_at", "ended_at", "address", "client")
    list_filter = ("created_at",)
    search_fields = ("user__username", "address", "client")
    list_select_related = ("user",)
