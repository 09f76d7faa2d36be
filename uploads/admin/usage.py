"""How much of which model was used, by whom."""

from django.contrib import admin

from uploads.admin.base import ReadOnlyAdmin, TitledModels
from uploads.models import Usage


@admin.register(Usage)
class UsageAdmin(TitledModels, ReadOnlyAdmin):
    """Counts by user, model and minute, newest first."""

    list_display = (
        "minute",
        "user",
        "titled_model",
        "protocol",
        "requests",
        "items",
        "failures",
        "compute_ms",
    )
    list_filter = ("minute", "model", "protocol", "user")
    list_select_related = ("user",)
    search_fields = ("user__username", "=model")
    date_hierarchy = "minute"
    ordering = ("-minute", "user", "model", "version", "protocol")
