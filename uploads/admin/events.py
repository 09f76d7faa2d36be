"""The audit trail."""

from django.contrib import admin

from uploads.admin.base import ReadOnlyAdmin, TitledModels
from uploads.models import Event


@admin.register(Event)
class EventAdmin(TitledModels, ReadOnlyAdmin):
    """What happened, newest first."""

    list_display = (
        "at",
        "kind",
        "user_id",
        "upload_id",
        "image_id",
        "prediction_id",
        "attempt",
        "actor_id",
        "address",
        "titled_model",
        "error_code",
    )
    list_filter = ("kind", "model", "error_code", "at")
    search_fields = ("=upload_id", "=image_id", "=prediction_id", "=user_id", "=address")
    ordering = ("-id",)
