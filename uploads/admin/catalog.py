"""Models and workers."""

from django.contrib import admin

from uploads.admin.base import ReadOnlyAdmin
from uploads.models import Model, ModelVersion, Worker


@admin.register(Model)
class ModelAdmin(ReadOnlyAdmin):
    """What can be asked for."""

    list_display = ("name", "output_kind", "platform", "default_version", "max_batch_size")
    search_fields = ("name", "description")


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    """The versions there are, and which weights they have."""

    list_display = ("model", "version", "state", "labels", "sha256", "reason")
    list_filter = ("state", "model")


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    """Who works, and on what."""

    list_display = ("id", "host", "pid", "started_at", "seen_at", "draining", "holds")
