"""How much waits and runs, by model."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, QuerySet

from uploads.models import Prediction
from uploads.states import State


@dataclass
class Backlog:
    """One model's queue."""

    model: str
    queued: int = 0
    running: int = 0
    oldest: datetime | None = None
    """When the oldest of those that wait was created."""


def read() -> list[Backlog]:
    """The queue of every model that has one, by name: one query, each half with its own index."""
    found: dict[str, Backlog] = {}
    rows = _counted(State.QUEUED).union(_counted(State.RUNNING), all=True)
    for model, state, count, oldest in rows:
        line = found.setdefault(model, Backlog(model))
        if state == State.QUEUED:
            line.queued, line.oldest = count, oldest
        else:
            line.running = count
    return [found[model] for model in sorted(found)]


def _counted(state: State) -> "QuerySet[Prediction, tuple[str, str, int, datetime]]":
    return (
        Prediction.objects.filter(state=state)
        .values("model", "state")
        .annotate(count=Count("pk"), oldest=Min("created_at"))
        .values_list("model", "state", "count", "oldest")
    )


def orphaned_versions(known: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Models and versions that are queued for but are in nobody's repository."""
    versions = (
        Prediction.objects.filter(state="queued").values_list("model", "model_version").distinct()
    )
    return [version for version in versions if version not in known]
