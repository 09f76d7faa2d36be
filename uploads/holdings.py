"""What live workers have: each writes of itself alone, everything else is derived when read."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final, Self

from django.db.models import QuerySet
from django.utils import timezone

from uploads.models import Worker

WORKER_LIVES_SECONDS: Final = 10.0

READY: Final = "READY"
UNAVAILABLE: Final = "UNAVAILABLE"
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
        return asdict(self)

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Self:
        """What a worker's row keeps; another release's worker may say more."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in row.items() if name in names})


@dataclass(frozen=True)
class Status:
    """How a version stands among all workers."""

    state: str
    reason: str


class Holdings:
    """What all live workers had at one moment."""

    def __init__(self, workers: Iterable[Worker]) -> None:
        self._of: dict[str, list[tuple[Worker, Holding]]] = {}
        for worker in workers:
            for row in worker.versions:
                one = Holding.from_dict(row)
                self._of.setdefault(one.model, []).append((worker, one))

    def of(self, model: str) -> Sequence[tuple[Worker, Holding]]:
        """Who has something of this model, and what."""
        return self._of.get(model, ())

    def status(self, model: str, version: str) -> Status:
        """The best that any worker has of this version; empty: of the model's folder."""
        found = [one for _, one in self.of(model) if one.version == version]
        for state in _BEST_FIRST:
            reasons = [one.reason for one in found if one.state == state]
            if reasons:
                return Status(state, next(filter(None, reasons), ""))
        return Status(UNAVAILABLE, "No worker that runs now has it.")

    def lost(self) -> set[tuple[str, str]]:
        """Models and versions that nobody serves since the load commanded last failed everywhere.

        They stay so until the next command; what is not loaded yet is another matter.
        """
        serving: set[tuple[str, str]] = set()
        failed: set[tuple[str, str]] = set()
        for model, rows in self._of.items():
            for worker, one in rows:
                command = worker.reached.get(model, {})
                is_lost = one.state == UNAVAILABLE and command.get("problem") == "load_failed"
                (failed if is_lost else serving).add((model, one.version))
        return failed - serving


def read() -> Holdings:
    """What live workers have now."""
    return Holdings(live_workers())


def live_workers() -> QuerySet[Worker]:
    """Workers that gave a sign of life lately."""
    return Worker.objects.filter(seen_at__gte=_alive_since()).order_by("pk")


def _alive_since() -> datetime:
    return timezone.now() - timedelta(seconds=WORKER_LIVES_SECONDS)
