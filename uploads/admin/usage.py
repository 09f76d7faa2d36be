"""How much of which model was used, by whom."""

from collections.abc import Sequence

from django.contrib import admin
from django.db.models import Q

from uploads.admin.base import TitledModels
from uploads.admin.list_filters import ModelFilter, ProtocolFilter
from uploads.admin.long_lists import LongListAdmin
from uploads.admin.words import took
from uploads.models import Usage


@admin.register(Usage)
class UsageAdmin(TitledModels, LongListAdmin):
    """Counts by user, model and minute, newest first."""

    list_display = (
        "minute",
        "user",
        "titled_model",
        "protocol",
        "requests",
        "items",
        "failures",
        "computed",
    )
    dated_by = "minute"
    ordered_by_time = True
    list_filter = (ModelFilter, ProtocolFilter)
    indexed = ("user__id__exact", "user__exact")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    search_help_text = "User."
    ordering = ("-minute", "-id")

    @admin.display(description="computed")
    def computed(self, row: Usage) -> str:
        return took(row.compute_ms)

    def by_owners(self, users: Sequence[int]) -> Q:
        """What they used."""
        return Q(user_id__in=users)
