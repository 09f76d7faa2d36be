"""Paused queues: what waits for these models is not claimed; uploads and tensors go on."""

from datetime import datetime
from typing import Final

from uploads import bus, events
from uploads.event_kinds import Kind
from uploads.events import Actor, Log
from uploads.models import QueuePause
from uploads.queue_place import Obstacle

PAUSED: Final = "model_paused"


def pause(model: str, actor: Actor) -> bool:
    """Has no worker claim what waits for this model, until `resume`; False: it was so already.

    What a worker holds ends as always.
    """
    with events.recording() as log:
        defaults = {"actor_id": actor.id, "reason": actor.reason}
        _, is_new = QueuePause.objects.get_or_create(model=model, defaults=defaults)
        if is_new:
            _note(Kind.QUEUE_PAUSED, model, actor, log)
    return is_new


def resume(model: str, actor: Actor) -> bool:
    """Has workers claim again what waits for this model; False: they did already."""
    with events.recording() as log:
        count, _ = QueuePause.objects.filter(model=model).delete()
        if count:
            _note(Kind.QUEUE_RESUMED, model, actor, log)
    if count:
        bus.after_commit(wake=True)
    return bool(count)


def paused_models() -> set[str]:
    """The models whose queues are paused."""
    return set(QueuePause.objects.values_list("model", flat=True))


def since() -> dict[str, datetime]:
    """Since when which queues are paused."""
    return dict(QueuePause.objects.order_by("pk").values_list("model", "since"))


def obstacle(model: str) -> Obstacle:
    """Why nothing is taken that waits for this model, which is paused."""
    return Obstacle(PAUSED, f"The model '{model}' is paused by the operators of this server.")


def _note(kind: Kind, model: str, actor: Actor, log: Log) -> None:
    log.add(kind, user_id=actor.id or 0, actor=actor, model=model)
