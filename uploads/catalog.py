"""The catalog: workers say which models they serve, the web validates and lists from it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from uploads.errors import Fault, ModelNotFound, ModelUnavailable
from uploads.models import Model, ModelVersion, Worker

WORKER_LIVES_SECONDS: Final = 10.0


@dataclass(frozen=True)
class VersionEntry:
    """One version as a worker offers it."""

    version: str
    sha256: str
    labels: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ModelEntry:
    """One model as a worker offers it."""

    name: str
    description: str
    output_kind: str
    platform: str
    params_schema: dict[str, Any]
    default_version: str
    max_batch_size: int
    versions: Sequence[VersionEntry]


@dataclass(frozen=True)
class Choice:
    """A model and version that a request has chosen."""

    name: str
    version: str
    params_schema: dict[str, Any]


def publish(entries: Sequence[ModelEntry]) -> None:
    """Writes what the repository holds; what no live worker offers any more is taken out."""
    with transaction.atomic():
        for entry in sorted(entries, key=lambda e: e.name):
            _publish_one(entry)
        if not live_workers().exists():
            Model.objects.exclude(name__in=[entry.name for entry in entries]).delete()


def _publish_one(entry: ModelEntry) -> None:
    model, _ = Model.objects.update_or_create(
        name=entry.name,
        defaults={
            "description": entry.description,
            "output_kind": entry.output_kind,
            "platform": entry.platform,
            "params_schema": entry.params_schema,
            "default_version": entry.default_version,
            "max_batch_size": entry.max_batch_size,
        },
    )
    for version in entry.versions:
        ModelVersion.objects.update_or_create(
            model=model,
            version=version.version,
            defaults={
                "state": ModelVersion.State.READY,
                "reason": "",
                "labels": version.labels,
                "sha256": version.sha256,
            },
        )
    model.versions.exclude(version__in=[v.version for v in entry.versions]).delete()


def choose(name: str, version: str | None) -> Choice:
    """The model and version that a request asks for by name and by number or label.

    Raises:
        ModelNotFound: there is no such model or version.
        ModelUnavailable: the catalog is still empty.
    """
    model = Model.objects.filter(name=name).prefetch_related("versions").first()
    if model is None:
        if not Model.objects.exists():
            raise ModelUnavailable
        message = f"There is no model named '{name[:100]}'."
        raise ModelNotFound(message, (Fault("model_not_found", message, field="model"),))
    wanted = version or model.default_version
    for one in model.versions.all():
        if wanted == one.version or wanted in one.labels:
            return Choice(model.name, one.version, model.params_schema)
    message = f"The model '{name}' has no version '{wanted[:20]}'."
    raise ModelNotFound(message, (Fault("model_not_found", message, field="model_version"),))


def lanes() -> set[tuple[str, str]]:
    """Every model and version that is served."""
    return set(ModelVersion.objects.values_list("model_id", "version"))


def sign_of_life(worker: Worker) -> None:
    """Writes that this worker lives, and what it holds."""
    worker.seen_at = timezone.now()
    worker.save()


def farewell(worker: Worker) -> None:
    """Takes a worker that has stopped out of the catalog."""
    Worker.objects.filter(pk=worker.pk).delete()


def live_workers() -> QuerySet[Worker]:
    """Workers that gave a sign of life lately."""
    return Worker.objects.filter(seen_at__gte=_alive_since())


def forget_dead_workers() -> None:
    """Takes workers out that gave no sign of life for an hour."""
    Worker.objects.filter(seen_at__lt=timezone.now() - timedelta(hours=1)).delete()


def _alive_since() -> datetime:
    return timezone.now() - timedelta(seconds=WORKER_LIVES_SECONDS)
