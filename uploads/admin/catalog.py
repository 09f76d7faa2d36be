"""Models and workers: what there is, who has it, and the commands to load and unload."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from unfold.admin import TabularInline

from uploads import bus, usage
from uploads.actors import actor_of
from uploads.admin import facts, pauses, splits
from uploads.admin.base import ReadOnlyAdmin, TitledModels
from uploads.admin.links import link_to
from uploads.admin.split_plots import HOURS
from uploads.admin.words import mebibytes, took
from uploads.catalog import desired, holdings
from uploads.errors import ModelNotFound
from uploads.models import Model, ModelCommand, ModelVersion, Worker
from uploads.queue.pauses import paused_models
from uploads.usage import Counts


@admin.display(description="labels")
def _called(_: object, row: ModelVersion) -> str:
    return ", ".join(row.labels)


@admin.display(description="SHA-256")
def _hash(_: object, row: ModelVersion) -> str:
    return format_html('<span class="dr-hash">{}</span>', row.sha256)


class VersionInline(TabularInline):  # type: ignore[misc]  # it has no types
    """A model's versions on its page."""

    model = ModelVersion
    fields = readonly_fields = ("version", "called", "hash", "offered_at")
    extra = 0
    can_delete = False

    called = _called
    hash = _hash

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _Snapshot:
    """What workers have, and what was commanded, at one moment."""

    def __init__(self, lately: Mapping[tuple[str, str], Counts] | None = None) -> None:
        self.held = holdings.read()
        self.commands = ModelCommand.objects.in_bulk()
        self.paused = paused_models()
        self.lately = usage.since(timezone.now() - timedelta(days=1)) if lately is None else lately


def _look(row: Model) -> _Snapshot:
    """The one that was taken for the whole list, else one for this row's own page."""
    snapshot = getattr(row, "snapshot", None)
    if not isinstance(snapshot, _Snapshot):
        snapshot = row.snapshot = _Snapshot()  # type: ignore[attr-defined]  # kept beside its fields
    return snapshot


def _used(counts: Counts) -> str:
    """How much, how much of it failed, and how long each took at the mean."""
    of_all = f"{counts.failures:,} of {counts.requests:,}" if counts.failures else "none"
    each = took(counts.compute_ms / max(1, counts.items))
    images = f"{counts.items:,} image{'' if counts.items == 1 else 's'}"
    return f"{images}, {of_all} failed, {each} each"


@admin.register(Model)
class ModelAdmin(ReadOnlyAdmin):
    """What can be asked for; load and unload are commands that every worker applies."""

    list_display = (
        "name",
        "title",
        "task",
        "state",
        "desired_state",
        "default_version",
        "last_day",
    )
    search_fields = ("name", "title", "description")
    search_help_text = "Name, title or description"
    list_filter = ("task",)
    readonly_fields = (
        *("state", "desired_state", "last_day", "workers"),
        *("takes", "reads", "to_know"),
    )
    exclude = ("card", "languages", "params_schema")
    inlines = (VersionInline,)
    actions = ("load", "unload", "pause", "resume")
    change_form_template = "admin/uploads/model_audit.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        rows: QuerySet[Model] = super().get_queryset(request)
        return rows.prefetch_related("versions")

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list, with one snapshot of workers and commands for all of its rows."""
        shown: ChangeList = super().get_changelist_instance(request)
        snapshot = _Snapshot()
        for row in shown.result_list:
            row.snapshot = snapshot
        return shown

    @admin.display(description="card")
    def to_know(self, row: Model) -> str:
        """What to know before relying on it, an entry to a line."""
        return facts.listed(row.card.items())

    @admin.display(description="parameters")
    def takes(self, row: Model) -> str:
        return facts.taken_by(row.params_schema) or "none"

    @admin.display(description="languages")
    def reads(self, row: Model) -> str:
        """By their codes, with what is to know of each."""
        told = (
            f"{one['code']} ({one['note']})" if one.get("note") else one["code"]
            for one in row.languages
        )
        return ", ".join(told) or "none"

    @admin.display(description="default version")
    def default_version(self, row: Model) -> str:
        return row.default_version

    @admin.display(description="state")
    def state(self, row: Model) -> str:
        status = _look(row).held.status(row.name, row.default_version)
        return f"{status.state}: {status.reason}" if status.reason else status.state

    @admin.display(description="desired state")
    def desired_state(self, row: Model) -> str:
        snapshot = _look(row)
        command = snapshot.commands.get(row.name)
        pause = ", queue paused" if row.name in snapshot.paused else ""
        if command is None:
            return f"{desired.Desired.LOADED}{pause}"
        since = f"{command.since:%Y-%m-%d %H:%M:%S}"
        return f"{command.desired}{pause} (command {command.generation}, {since})"

    @admin.display(description="last day")
    def last_day(self, row: Model) -> str:
        """What was used of each version, with its errors and its time, a line for each."""
        lately = _look(row).lately
        lines = [
            (version, _used(counts))
            for (model, version), counts in sorted(lately.items())
            if model == row.name
        ]
        return format_html_join("\n", "<div>version {}: {}</div>", lines) or "not used"

    @admin.display(description="workers")
    def workers(self, row: Model) -> str:
        """What each worker that lives has of this model, a line for each version."""
        lines = [
            (
                link_to(Worker, worker.pk, worker.pk),
                held.version or "(folder)",
                held.state,
                held.instances,
                mebibytes(held.memory_bytes) or "no memory",
                desired.observed(row.name, [worker])[worker.pk].generation,
                held.reason,
            )
            for worker, held in _look(row).held.of(row.name)
        ]
        line = "{}: version {} {}, {} instances, {}, command {} {}"
        return format_html_join("\n", f"<div>{line}</div>", lines) or "none"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        """One model: beside its fields how its traffic is split, and how its versions do."""
        model = self.get_object(request, unquote(object_id))
        about: dict[str, Any] = {}
        if isinstance(model, Model):
            hours = usage.by_hour(model.pk, HOURS)
            of_day = {(model.pk, one): used for one, used in usage.by_version(hours).items()}
            model.snapshot = _Snapshot(of_day)  # type: ignore[attr-defined]  # kept beside its fields
            about = splits.about_model(request, model, hours)
        context = {**(extra_context or {}), **about}
        response: HttpResponseBase = super().change_view(request, object_id, form_url, context)
        return response

    def has_manage_permission(self, request: HttpRequest) -> bool:
        """Who may load and unload."""
        return request.user.has_perm("uploads.manage_models")

    @admin.action(description="Load (anew)", permissions=["manage"])
    def load(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        """Has every worker read these models' folders anew and serve them."""
        self._command(request, queryset, desired.Desired.LOADED)

    @admin.action(description="Unload", permissions=["manage"])
    def unload(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        """Has every worker let go of these models."""
        self._command(request, queryset, desired.Desired.UNLOADED)

    def has_pause_permission(self, request: HttpRequest) -> bool:
        """Who may pause and resume queues."""
        return pauses.may_pause(request)

    @admin.action(description="Pause the queue", permissions=["pause"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Model]) -> HttpResponse | None:
        """Has no worker claim what waits for these models."""
        return pauses.act(self, request, queryset.values_list("name", flat=True), pauses.PAUSE)

    @admin.action(description="Resume the queue", permissions=["pause"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Model]) -> HttpResponse | None:
        """Has workers claim again what waits for these models."""
        return pauses.act(self, request, queryset.values_list("name", flat=True), pauses.RESUME)

    def _command(
        self, request: HttpRequest, rows: QuerySet[Model], state: ModelCommand.Desired
    ) -> None:
        for row in rows:
            try:
                desired.set_desired(row.name, state, actor_of(request))
            except ModelNotFound as error:
                self.message_user(request, error.message, messages.WARNING)
            else:
                message = f"{row.name} shall be {state}: its state tells when it is."
                self.message_user(request, message, messages.SUCCESS)
        bus.after_commit(reconcile=True)


@admin.register(ModelVersion)
class ModelVersionAdmin(TitledModels, ReadOnlyAdmin):
    """The versions there are, and which weights they have."""

    list_display = ("titled_model", "called", "hash", "offered_at")
    list_filter = ("model",)
    fields = readonly_fields = ("model", "version", "called", "hash", "offered_at")

    called = _called
    hash = _hash
