"""How much of which model was used, by whom."""

from collections.abc import Collection, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Q

from uploads.admin.base import TitledModels
from uploads.admin.long_lists import LongListAdmin, ModelFilter, ProtocolFilter
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
    list_filter = ("minute", ModelFilter, ProtocolFilter)
    indexed = ("user__id__exact", "user__exact")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    search_help_text = "User."
    ordering = ("-minute", "-id")

    @admin.display(description="computed")
    def computed(self, row: Usage) -> str:
        return took(row.compute_ms)

    def is_indexed(self, query: Any, lookups: Collection[str]) -> bool:
        """A time alone has an index, and a user with whatever else."""
        is_time = all(one.startswith("minute__") for one in lookups)
        return is_time or super().is_indexed(query, lookups)

    def by_owners(self, users: Sequence[int]) -> Q:
        """What they used."""
        return Q(user_id__in=users)
