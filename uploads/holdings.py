"""What live workers have: each writes of itself alone, everything else is derived when read."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final, Self

from django.db.models import QuerySet
from django.utils import timezone

from uploads import columns
from uploads.models import Worker, lengths

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
        return {
            **asdict(self),
            "model": columns.storable(self.model, lengths.MODEL_NAME),
            "reason": columns.storable(self.reason, lengths.REASON),
        }

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

    def is_broken(self, model: str) -> bool:
        """Whether nothing but a folder that cannot be used is all that workers have of it."""
        rows = self.of(model)
        return bool(rows) and not any(one.version for _, one in rows)

    def lost(self) -> set[tuple[str, str]]:
        """Models and versions that nobody serves since the load commanded last failed everywhere.

        They stay so until the next command. What is not loaded yet is another matter, and so is
        what was kept when the load failed: it may have trouble that passes.
        """
        serving: set[tuple[str, str]] = set()
        failed: set[tuple[str, str]] = set()
        for model, rows in self._of.items():
            for worker, one in rows:
                command = worker.reached.get(model, {})
                load_failed = command.get("problem") == "load_failed"
                kept = command.get("kept", False)
                is_lost = one.state == UNAVAILABLE and load_failed and not kept
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
