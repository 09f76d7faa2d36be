"""Paused queues: which there are, and the acts that pause and resume one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from uploads.admin import confirming
from uploads.admin.base import ReadOnlyAdmin, TitledModels
from uploads.admin.links import Names
from uploads.events import Actor
from uploads.models import Prediction, QueuePause
from uploads.queue import pauses
from uploads.states import State


@dataclass(frozen=True)
class Act:
    """What can be done to a queue."""

    verb: str
    done: str
    do: Callable[[str, Actor], bool]


PAUSE: Final = Act("Pause", "paused", pauses.pause)
RESUME: Final = Act("Resume", "resumed", pauses.resume)


def may_pause(request: HttpRequest) -> bool:
    """Whether this request's user may pause and resume queues."""
    return request.user.has_perm("uploads.pause_model")


def act(
    page: ReadOnlyAdmin, request: HttpRequest, models: Iterable[str], what: Act
) -> HttpResponse | None:
    """Pauses or resumes the queues of these models, once it is confirmed."""
    names = sorted(models)
    actor = confirming.confirmed_by(request)
    if actor is None:
        rows = Prediction.objects.filter(state=State.QUEUED, model__in=names)
        target = f"the queue{'' if len(names) == 1 else 's'} of {', '.join(names)}"
        return confirming.ask(request, rows, verb=what.verb, things="predictions", target=target)
    acted = [name for name in names if what.do(name, actor)]
    if acted:
        message = f"The queue of {', '.join(acted)} is {what.done}."
        page.message_user(request, message, messages.SUCCESS)
    if left := [name for name in names if name not in acted]:
        message = f"Nothing changed for {', '.join(left)}: the queue was {what.done} already."
        page.message_user(request, message, messages.WARNING)
    return None


@admin.register(QueuePause)
class QueuePauseAdmin(TitledModels, ReadOnlyAdmin):
    """The queues that are paused, also of models that nobody offers any more."""

    list_display = ("titled_model", "since", "by", "reason")
    nothing = "No queue is paused."
    actions = ("resume",)

    @admin.display(description="by")
    def by(self, row: QueuePause) -> str:
        return Names(users=[row.actor_id]).user(row.actor_id)

    def has_pause_permission(self, request: HttpRequest) -> bool:
        """Who may pause and resume queues."""
        return may_pause(request)

    @admin.action(description="Resume", permissions=["pause"])
    def resume(self, request: HttpRequest, queryset: QuerySet[QueuePause]) -> HttpResponse | None:
        """Has workers claim again what waits for these models."""
        return act(self, request, queryset.values_list("model", flat=True), RESUME)
