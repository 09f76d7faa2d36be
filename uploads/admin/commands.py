"""Commands: which models somebody has had loaded or unloaded."""

from django.contrib import admin

from uploads.admin.base import ReadOnlyAdmin, TitledModels
from uploads.admin.links import Names
from uploads.models import ModelCommand


@admin.register(ModelCommand)
class WantedStateAdmin(TitledModels, ReadOnlyAdmin):
    """The newest command for each model; all of them are in the audit trail."""

    list_display = ("titled_model", "desired", "generation", "since", "by")
    nothing = "Nobody has loaded or unloaded a model by hand."
    list_filter = ("desired",)
    fields = readonly_fields = ("titled_model", "desired", "generation", "since", "by")

    @admin.display(description="by")
    def by(self, row: ModelCommand) -> str:
        return Names(users=[row.actor_id]).user(row.actor_id) or "the command line"
