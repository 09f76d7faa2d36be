"""What live workers have: each writes of itself alone, everything else is derived when read."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Self

from django.db.models import QuerySet
from django.utils import timezone

from strictjson.values import plain_text
from uploads import statements
from uploads.models import Worker, lengths
from uploads.queue_place import Obstacle

WORKER_LIVES_SECONDS: Final = 10.0
RESTART_TAKES: Final = timedelta(minutes=1)
"""At most, from the last time that a worker offered its models."""

READY: Final = "READY"
UNAVAILABLE: Final = "UNAVAILABLE"
_SERVED: Final = {READY, "LOADING"}
_BEST_FIRST: Final = (READY, "LOADING", "UNLOADING", UNAVAILABLE, "UNKNOWN")


@dataclass(frozen=True)
class Holding:
    """One version of a model, as one worker has it."""

    model: str
    version: str
    """Empty: the model's folder cannot be used."""
    state: str
    """In the words of the Open Inference Protocol."""
    reason: str = ""
    """Why it is not ready, or why its last load failed."""
    sha256: str = ""
    instances: int = 0
    """Child processes that live now."""
    memory_bytes: int = 0

    def as_dict(self) -> dict[str, Any]:
        """As a worker's row keeps it."""
        return {
            **asdict(self),
            "model": plain_text(self.model, lengths.MODEL_NAME),
            "reason": plain_text(self.reason, lengths.REASON),
        }

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Self:
        """What a worker's row keeps; another release's worker may say more."""
        return cls(**{name: value for name, value in row.items() if name in _NAMES})


_NAMES: Final = frozenset(field.name for field in fields(Holding))


@dataclass(frozen=True)
class Status:
    """How a version stands among all workers."""

    state: str
    reason: str


class Holdings:
    """What all live workers had at one moment."""

    def __init__(self, workers: Iterable[Worker]) -> None:
        self._workers = list(workers)
        self._of: dict[str, list[tuple[Worker, Holding]]] = {}
        for worker in self._workers:
            for row in worker.versions:
                one = Holding.from_dict(row)
                self._of.setdefault(one.model, []).append((worker, one))

    @property
    def workers(self) -> Sequence[Worker]:
        """Those that live."""
        return self._workers

    def is_taken(self, model: str) -> bool:
        """Whether any worker takes what is queued for some version of this model."""
        return any(
            one.version and one.state in _SERVED and not worker.draining
            for worker, one in self.of(model)
        )

    def of(self, model: str) -> Sequence[tuple[Worker, Holding]]:
        """Who has something of this model, and what."""
        return self._of.get(model, ())

    def status(self, model: str, version: str) -> Status:
        """The best that any worker has of this version; empty: of the model's folder.

        Where no worker has the version, a folder that cannot be used is the reason.
        """
        rows = [one for _, one in self.of(model)]
        found = [one for one in rows if one.version == version]
        found = found or [one for one in rows if not one.version]
        for state in _BEST_FIRST:
            reasons = [one.reason for one in found if one.state == state]
            if reasons:
                return Status(state, next(filter(None, reasons), ""))
        return Status(UNAVAILABLE, "No worker that runs now has it.")

    def has(self, model: str, version: str) -> bool:
        """Whether any worker has this version, ready or not."""
        return any(one.version == version for _, one in self.of(model))

    def is_broken(self, model: str) -> bool:
        """Whether nothing but a folder that cannot be used is all that workers have of it."""
        rows = self.of(model)
        return bool(rows) and not any(one.version for _, one in rows)

    def obstacle(self, model: str, version: str) -> Obstacle | None:
        """Why no worker takes what is queued for this version at this moment; None: one does."""
        if not self._workers:
            return Obstacle("no_worker", "No worker runs at the moment.")
        found = [(worker, one) for worker, one in self.of(model) if one.version == version]
        states = {one.state for _, one in found}
        if any(one.state in _SERVED and not worker.draining for worker, one in found):
            return None
        if states & _SERVED:
            message = f"No worker takes anything for the model '{model}' at the moment."
            return Obstacle("no_worker", message)
        if states:
            message = f"The model '{model}' can't be started right now."
            return Obstacle("model_unavailable", message)
        what = f"the model '{model}'"
        if self.of(model):
            what = f"version {version} of {what}"
        return Obstacle("model_unavailable", f"No worker that runs now has {what}.")

    def is_gone(self, model: str, version: str, offered_at: datetime) -> bool:
        """Whether this version left with its worker, which last offered it at `offered_at`.

        A worker that lived then and never had it says nothing: the one that did may be restarting,
        and has a minute. Nor does it say anything that no worker lives.
        """
        if not self._workers or self.has(model, version):
            return False
        has_elder = any(worker.started_at <= offered_at for worker in self._workers)
        return not has_elder or offered_at < timezone.now() - RESTART_TAKES


def read() -> Holdings:
    """What live workers have now; not to be changed: others get the same."""
    return _held_by(statements.workers_seen_since(_alive_since()))


@lru_cache(maxsize=4)
def _held_by(rows: statements.WorkerRows) -> Holdings:
    """What is in these rows: a worker's stay the same from one sign of life to the next."""
    return Holdings(statements.workers_of(rows))


def live_workers() -> QuerySet[Worker]:
    """Workers that gave a sign of life lately."""
    return Worker.objects.filter(seen_at__gte=_alive_since()).order_by("pk")


def _alive_since() -> datetime:
    return timezone.now() - timedelta(seconds=WORKER_LIVES_SECONDS)
