"""Workers: whether they live, what they hold and have, and which of them take nothing new."""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from uploads.admin import confirming
from uploads.admin.base import ReadOnlyAdmin
from uploads.admin.links import Names, link_to
from uploads.admin.words import mebibytes, words_for
from uploads.catalog import drains, holdings
from uploads.catalog.desired import ObservedState
from uploads.catalog.holdings import Holding
from uploads.events import Actor
from uploads.models import Image, Prediction, User, Worker
from uploads.states import State

SAMPLE: Final = 1000
"""The newest predictions, whose results tell on which device a worker computes."""


class _Look:
    """What was asked of workers, and where they compute, at one moment."""

    def __init__(self) -> None:
        self.drained = drains.asked()
        self.devices = _devices()
        self.now = timezone.now()


def _look(row: Worker) -> _Look:
    """The one that was taken for the whole list, else one for this row's own page."""
    look = getattr(row, "look", None)
    if not isinstance(look, _Look):
        look = row.look = _Look()  # type: ignore[attr-defined]  # kept beside its fields
    return look


def _devices() -> dict[str, str]:
    """Devices by the name of the worker, `host:pid`, as the newest results tell them."""
    newest = Prediction.objects.aggregate(newest=Max("pk"))["newest"] or 0
    rows = Prediction.objects.filter(pk__gt=newest - SAMPLE, state=State.SUCCEEDED)
    found: dict[str, set[str]] = defaultdict(set)
    for provenance in rows.values_list("provenance", flat=True):
        if provenance and "device" in provenance:
            found[str(provenance.get("worker", ""))].add(str(provenance["device"]))
    return {worker: ", ".join(sorted(devices)) for worker, devices in found.items()}


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    """Who works, and on what."""

    list_display = (
        "id",
        "does",
        "heartbeat",
        "holding",
        "models",
        "device",
        "memory",
        "confinement",
    )
    fields = readonly_fields = (
        *("host", "pid", "started_at", "seen_at", "does", "heartbeat", "device", "memory"),
        *("confinement", "grpc_address", "metrics_address"),
    )
    actions = ("drain", "take_again")
    nothing = "No worker runs: what is uploaded waits until one does."
    change_form_template = "admin/uploads/worker_audit.html"

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list, with one look at what was asked of workers for all of its rows."""
        shown: ChangeList = super().get_changelist_instance(request)
        look = _Look()
        for row in shown.result_list:
            row.look = look
        return shown

    @admin.display(description="does")
    def does(self, worker: Worker) -> str:
        """Whether it works, drains, is drained, or gives no sign of life."""
        look = _look(worker)
        if worker.seen_at < look.now - timedelta(seconds=holdings.WORKER_LIVES_SECONDS):
            return "silent"
        if worker.draining:
            return "draining" if worker.holds else "drained"
        return "drain asked for" if worker.pk in look.drained else "works"

    @admin.display(description="last sign", ordering="seen_at")
    def heartbeat(self, worker: Worker) -> str:
        return f"{words_for(_look(worker).now - worker.seen_at)} ago"

    @admin.display(description="holds")
    def holding(self, worker: Worker) -> str:
        return f"{len(worker.holds):,}"

    @admin.display(description="models")
    def models(self, worker: Worker) -> str:
        """How many it has, and how many of them are ready."""
        held = [Holding.from_dict(row) for row in worker.versions]
        ready = {one.model for one in held if one.state == holdings.READY}
        return f"{len(ready)} of {len({one.model for one in held})} ready"

    @admin.display(description="device")
    def device(self, worker: Worker) -> str:
        """Where it computed what it was seen computing lately; empty: nothing was."""
        return _look(worker).devices.get(f"{worker.host}:{worker.pid}", "")

    @admin.display(description="memory of models")
    def memory(self, worker: Worker) -> str:
        held = [Holding.from_dict(row) for row in worker.versions]
        return mebibytes(sum(one.memory_bytes for one in held))

    @admin.display(description="models confined")
    def confinement(self, worker: Worker) -> str:
        """What its system cannot keep models from, in a word each."""
        return f"not: {worker.unconfined}" if worker.unconfined else "fully"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        """One worker: what it holds now, the models that it has, the commands it has followed."""
        worker = self.get_object(request, unquote(object_id))
        about = _about(worker) if isinstance(worker, Worker) else {}
        context = {**(extra_context or {}), **about}
        response: HttpResponseBase = super().change_view(request, object_id, form_url, context)
        return response

    def has_drain_permission(self, request: HttpRequest) -> bool:
        """Who may have workers take nothing new."""
        return request.user.has_perm("uploads.drain_worker")

    @admin.action(description="Drain: take nothing new", permissions=["drain"])
    def drain(self, request: HttpRequest, queryset: QuerySet[Worker]) -> HttpResponse | None:
        """Has workers finish what they hold and take nothing new."""
        return self._each(request, queryset, drains.ask, "Drain", "asked to drain")

    @admin.action(description="Take work again", permissions=["drain"])
    def take_again(self, request: HttpRequest, queryset: QuerySet[Worker]) -> HttpResponse | None:
        """Has workers that were drained take work again."""
        return self._each(request, queryset, drains.withdraw, "Let work again", "told to work")

    def _each(
        self,
        request: HttpRequest,
        rows: QuerySet[Worker],
        act: Callable[[str, Actor], bool],
        verb: str,
        done: str,
    ) -> HttpResponse | None:
        actor = confirming.confirmed_by(request)
        names = list(rows.values_list("pk", flat=True))
        if actor is None:
            held = Prediction.objects.filter(state=State.RUNNING, lease_owner__in=names)
            target = f"the worker{'' if len(names) == 1 else 's'} {', '.join(names)}"
            return confirming.ask(request, held, verb=verb, things="predictions", target=target)
        count = sum(act(name, actor) for name in names)
        if count:
            self.message_user(request, f"{count} {done}.", messages.SUCCESS)
        if count < len(names):
            left = f"{len(names) - count} had been {done} already."
            self.message_user(request, left, messages.WARNING)
        return None


def _about(worker: Worker) -> dict[str, Any]:
    """What the page of a worker shows beside its fields."""
    rows = Prediction.objects.filter(state=State.RUNNING, lease_owner=worker.pk)
    held = [Holding.from_dict(row) for row in worker.versions]
    names = Names(versions=True)
    return {
        "title": f"Worker {worker.pk}",
        "holds": [
            {
                "prediction": link_to(Prediction, row.pk, row.pk),
                "image": link_to(Image, row.image_id, row.image),
                "user": link_to(User, row.user_id, row.user.username),
                "version": names.version(row.model, row.model_version),
                "attempt": row.attempt,
                "stage": row.stage or "",
                "progress": f"{row.progress:.0%}",
                "since": row.started_at,
            }
            for row in rows.select_related("image", "user").order_by("started_at")
        ],
        "versions": [
            {
                "version": names.version(one.model, one.version),
                "state": one.state,
                "instances": one.instances,
                "memory": mebibytes(one.memory_bytes),
                "reason": one.reason,
            }
            for one in sorted(held, key=lambda one: (one.model, one.version))
        ],
        "observed": [
            {"model": names.version(model, ""), "state": ObservedState.from_dict(row)}
            for model, row in sorted(worker.observed.items())
        ],
    }
