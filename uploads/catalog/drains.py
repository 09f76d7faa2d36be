"""Workers that shall take nothing new: rows that they look for, beside their own."""

from uploads import events
from uploads.event_kinds import Kind
from uploads.events import Actor, Log
from uploads.models import Worker, WorkerDrain


def ask(worker: str, actor: Actor) -> bool:
    """Has a worker take nothing new until `withdraw`; False: it was asked already.

    It finishes what it holds and stays, so that nobody starts it again.
    """
    with events.recording() as log:
        defaults = {"actor_id": actor.id}
        _, is_new = WorkerDrain.objects.get_or_create(worker=worker, defaults=defaults)
        if is_new:
            _note(Kind.DRAIN_REQUESTED, worker, actor, log)
    return is_new


def withdraw(worker: str, actor: Actor) -> bool:
    """Has a worker take work again; False: it was not asked to take none."""
    with events.recording() as log:
        count, _ = WorkerDrain.objects.filter(worker=worker).delete()
        if count:
            _note(Kind.DRAIN_WITHDRAWN, worker, actor, log)
    return bool(count)


def is_asked(worker: str) -> bool:
    """Whether this worker shall take nothing new."""
    return WorkerDrain.objects.filter(worker=worker).exists()


def asked() -> set[str]:
    """The workers that shall take nothing new."""
    return set(WorkerDrain.objects.values_list("worker", flat=True))


def forget() -> None:
    """Takes out what was asked of workers that are gone."""
    WorkerDrain.objects.exclude(worker__in=Worker.objects.values("pk")).delete()


def _note(kind: Kind, worker: str, actor: Actor, log: Log) -> None:
    log.add(kind, user_id=actor.id or 0, actor=actor, worker=worker)
