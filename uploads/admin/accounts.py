"""Accounts and their sign-ins."""

from collections.abc import Sequence
from contextlib import nullcontext, suppress
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db import transaction
from django.db.models import Model as DatabaseModel
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.text import capfirst
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from uploads import services
from uploads.actors import actor_of
from uploads.admin import confirming
from uploads.admin.base import PlainLookups
from uploads.admin.change_list import BoundedPaginator
from uploads.admin.dated_lists import DatedLists
from uploads.admin.links import link_to
from uploads.admin.long_lists import LongListAdmin
from uploads.admin.words import client_in_words
from uploads.errors import NotCancelable
from uploads.event_kinds import Kind
from uploads.events import recording
from uploads.models import (
    ApiKey,
    Event,
    Prediction,
    Session,
    Upload,
    Usage,
    User,
    Webhook,
)
from uploads.sign_in import tokens
from uploads.states import ACTIVE


class NewUserForm(UserCreationForm):  # type: ignore[misc]  # it has no types
    """A new account; whether its name is taken is the model's to say."""

    def clean_username(self) -> str:
        """The name as it is; Django's own look-up knows cases of ASCII alone on some databases."""
        name: str = self.cleaned_data["username"]
        return name


_LIMITS: Final = ("quota_bytes", "quota_queued", "throttle_uploads", "throttle_v2")
_THEIRS: Final[dict[type[DatabaseModel], str]] = {
    Upload: "user__id__exact",
    Prediction: "user__id__exact",
    Event: "user_id",
    Session: "user__id__exact",
    ApiKey: "user__id__exact",
    Webhook: "user__id__exact",
    Usage: "user__id__exact",
}
"""By which lookup each table's list is a user's; an index serves all of them."""
_RIGHTS: Final = ("is_staff", "is_superuser", "groups", "user_permissions")


@admin.register(User)
class UserAdmin(DatedLists, PlainLookups, DjangoUserAdmin, ModelAdmin):  # type: ignore[misc,type-arg]  # it has no types
    """Accounts: quotas, rights, and an end to their sign-ins."""

    form = UserChangeForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    paginator = BoundedPaginator
    dated_by = "date_joined"
    show_full_result_count = False
    list_display = ("username", "is_active", "is_staff", "date_joined", "last_login")
    search_help_text = "Name or e-mail address"
    actions = ("end_sessions", "cancel_all")
    change_form_template = "admin/uploads/user_audit.html"
    fieldsets = (
        *(DjangoUserAdmin.fieldsets or ()),
        ("Darkroom", {"fields": (*_LIMITS, "tokens_valid_after")}),
    )
    readonly_fields = ("tokens_valid_after",)

    @admin.action(description="Sign out everywhere", permissions=["change"])
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Ends every sign-in of the chosen users: tokens are refused, sockets close."""
        users = [user for user in queryset if self.has_change_permission(request, user)]
        for user in users:
            with transaction.atomic(), tokens.noting_ends(user.pk, actor_of(request)):
                user.end_sessions()
        if users:
            self.message_user(request, f"{len(users)} signed out everywhere.", messages.SUCCESS)
        if refused := len(queryset) - len(users):
            self.message_user(request, f"{refused} could not be signed out.", messages.WARNING)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One account, with the lists of all that is theirs."""
        context = {**(extra_context or {}), "theirs": _lists_of(request, unquote(object_id))}
        shown: HttpResponse = super().change_view(request, object_id, form_url, context)
        return shown

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        """Who may call people's predictions off."""
        return request.user.has_perm("uploads.cancel_prediction")

    @admin.action(description="Cancel everything that waits or runs", permissions=["cancel"])
    def cancel_all(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponseBase | None:
        """Calls off all that the chosen users have queued or running."""
        rows = Prediction.objects.filter(user__in=queryset, state__in=ACTIVE)
        actor = confirming.confirmed_by(request)
        if actor is None:
            return confirming.ask(request, rows, verb="Cancel", things="predictions")
        count = 0
        for row in rows.order_by("pk")[: confirming.MOST_ROWS]:
            with suppress(NotCancelable):
                services.cancel(row, actor)
                count += 1
        self.message_user(request, f"{count} canceled.", messages.SUCCESS)
        return None

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001  # as Django names it
        """Writes an account; disabling one ends its sign-ins, and the audit learns of limits."""
        noting = tokens.noting_ends(obj.pk, actor_of(request)) if change else nullcontext()
        limits = {
            name: [form.initial.get(name), getattr(obj, name)]
            for name in _LIMITS
            if name in form.changed_data
        }
        with transaction.atomic(), noting:
            super().save_model(request, obj, form, change)
            if limits:
                with recording() as log:
                    who = actor_of(request)
                    log.add(Kind.LIMITS_CHANGED, user_id=obj.pk, actor=who, facts=limits)

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002  # as Django names it
        form_url: str = "",
    ) -> HttpResponse:
        """The page for another one's password, which ends that account's sign-ins."""
        user = self.get_object(request, unquote(id))
        noting = tokens.noting_ends(user.pk, actor_of(request)) if user else nullcontext()
        with noting:
            response: HttpResponse = super().user_change_password(request, id, form_url)
        return response

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only an account that has all rights may change another that has them."""
        if obj is not None and obj.is_superuser and not _has_all_rights(request):
            return False
        return bool(super().has_change_permission(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Rights are given by accounts that have all of them: nobody gives themselves more."""
        own = self.readonly_fields
        return own if _has_all_rights(request) else (*own, *_RIGHTS)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Users are disabled, not deleted: their uploads stay accounted for."""
        return False


def _lists_of(request: HttpRequest, user: str) -> list[tuple[str, str]]:
    """The lists that this request's user may look at, each filtered by that account."""
    lists = []
    for table, by in _THEIRS.items():
        name = table._meta.model_name
        if request.user.has_perm(f"uploads.view_{name}"):
            address = reverse(f"admin:uploads_{name}_changelist")
            title = capfirst(str(table._meta.verbose_name_plural))
            lists.append((title, f"{address}?{urlencode({by: user})}"))
    return lists


def _has_all_rights(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


@admin.register(Session)
class SessionAdmin(LongListAdmin):
    """Who signed in, when and from where, newest first."""

    list_display = ("created_at", "owner", "last_used_at", "ended_at", "address", "with_what")
    ordered_by_time = True
    # Their ids do not rise with time: what no index serves is not looked up.
    stretch = 0
    indexed = ("user__id__exact", "user__exact", "address__exact", "address")
    found_by_address = "address"
    search_fields = ("user__username", "=address")
    search_help_text = "User or address."
    list_select_related = ("user",)
    ordering = ("-created_at",)

    @admin.display(description="client")
    def with_what(self, row: Session) -> str:
        return client_in_words(row.client)

    @admin.display(description="user")
    def owner(self, row: Session) -> str:
        return link_to(User, row.user_id, row.user.username)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Whether an address may filter by this: by what has an index."""
        return lookup in self.indexed

    def by_number(self, number: int) -> Q:
        """None: their ids are no numbers."""
        return Q(pk__in=())

    def by_owners(self, users: Sequence[int]) -> Q:
        """Their sign-ins."""
        return Q(user_id__in=users)
