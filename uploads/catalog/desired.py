"""The desired state of models: commands are rows, and workers report what they have applied."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self

from django.db.models import F
from django.utils import timezone

from strictjson.values import plain_text
from uploads import events, statements
from uploads.errors import ModelNotFound
from uploads.event_kinds import Kind
from uploads.events import Actor
from uploads.models import ModelCommand, Worker, lengths

Desired = ModelCommand.Desired

_NAME: Final = re.compile(rf"[a-z0-9][a-z0-9_-]{{0,{lengths.MODEL_NAME - 1}}}")
_KINDS: Final = {Desired.LOADED: Kind.LOAD_REQUESTED, Desired.UNLOADED: Kind.UNLOAD_REQUESTED}


@dataclass(frozen=True)
class DesiredState:
    """The desired state of one model."""

    loaded: bool
    generation: int
    """Which command it is: a later one has a higher number."""


@dataclass(frozen=True)
class ObservedState:
    """How far one worker has applied the commands for one model."""

    generation: int
    problem: str = ""
    """Empty: it did as told. Else `load_failed`, or `model_not_found` in its repository."""
    reason: str = ""
    """One sentence about the problem."""

    def as_dict(self) -> dict[str, Any]:
        """As a worker's row keeps it."""
        return {**asdict(self), "reason": plain_text(self.reason, lengths.REASON)}

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Self:
        """What a worker's row keeps; another release's worker may say more."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in row.items() if name in names})


def set_desired(name: str, state: ModelCommand.Desired, actor: Actor) -> int:
    """Writes a command for every worker, with its audit fact; gives its generation.

    Workers find it at their next ticks; `bus.ask_to_reconcile` makes them look now.

    Raises:
        ModelNotFound: no model can have this name.
    """
    if not _NAME.fullmatch(name):
        raise ModelNotFound(f"There is no model named '{name[: lengths.MODEL_NAME]}'.")
    command = {"desired": state, "since": timezone.now(), "actor_id": actor.id}
    with events.recording() as log:
        row, _ = ModelCommand.objects.update_or_create(
            model=name,
            defaults={**command, "generation": F("generation") + 1},
            create_defaults={**command, "generation": _next_generation(name)},
        )
        row.refresh_from_db()
        log.add(
            _KINDS[state],
            user_id=actor.id or 0,
            actor=actor,
            model=name,
            facts={"generation": row.generation},
        )
    return row.generation


def withdraw(name: str, generation: int) -> None:
    """Takes a command back that no worker could follow, unless another one has replaced it."""
    ModelCommand.objects.filter(model=name, generation=generation).delete()


def _next_generation(name: str) -> int:
    """Of a first command: an earlier one may have been withdrawn, and workers remember it."""
    rows = Worker.objects.values_list("observed", flat=True)
    return 1 + max((row[name]["generation"] for row in rows if name in row), default=0)


def desired_states() -> dict[str, DesiredState]:
    """The desired state of each model that was ever commanded; the others shall be loaded."""
    rows = ModelCommand.objects.values_list("model", "desired", "generation")
    return {name: DesiredState(state == Desired.LOADED, number) for name, state, number in rows}


def unloaded() -> set[str]:
    """The models that shall not be loaded."""
    return statements.unloaded_models()


def observed(name: str, workers: Iterable[Worker]) -> Mapping[str, ObservedState]:
    """How far each of these workers has applied the commands for this model, by its id."""
    return {
        worker.pk: ObservedState.from_dict(worker.observed.get(name, {"generation": 0}))
        for worker in workers
    }
