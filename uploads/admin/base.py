"""What the admin's pages have in common."""

from importlib import import_module
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from unfold.admin import ModelAdmin

from uploads.models import Prediction
from uploads.states import State

# Plumbing: nobody audits by these tables, sign-ins are shown as sessions. What is not yet
# registered cannot be taken out, so their own modules come first.
for module in ("django.contrib.auth.admin", "rest_framework_simplejwt.token_blacklist.admin"):
    import_module(module)
for plumbing in (Group, BlacklistedToken, OutstandingToken):
    if admin.site.is_registered(plumbing):
        admin.site.unregister(plumbing)

COLOURS = {
    State.QUEUED: "#6b7280",
    State.RUNNING: "#2563eb",
    State.SUCCEEDED: "#15803d",
    State.FAILED: "#b91c1c",
    State.CANCELED: "#a16207",
}


class PlainLookups:
    """Lists whose addresses may ask for anything: a NUL, which some databases refuse to compare,
    is answered as any other filter that makes no sense."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list that an address asks for.

        Raises:
            IncorrectLookupParameters: it cannot be looked up.
        """
        if any("\0" in text for _, texts in request.GET.lists() for text in texts):
            raise IncorrectLookupParameters
        return super().get_changelist_instance(request)  # type: ignore[misc]  # of what it is mixed in


class ReadOnlyAdmin(PlainLookups, ModelAdmin):  # type: ignore[misc]  # it has no types
    """Rows that can be looked at: none is added, changed or deleted here."""

    list_per_page = 50
    show_full_result_count = False

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Model | None:
        """The row of an address; a NUL, which some databases refuse to compare, is in none."""
        if "\0" in object_id:
            return None
        row: Model | None = super().get_object(request, object_id, from_field)
        return row

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def state_badge(prediction: Prediction) -> str:
    """A prediction's state as a coloured word, with its stage or its error."""
    detail = prediction.error_code or prediction.stage or ""
    return format_html(
        '<strong style="color:{}">{}</strong> {}',
        COLOURS[State(prediction.state)],
        prediction.state,
        detail,
    )
