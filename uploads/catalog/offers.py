"""The catalog: workers say which models they have, the web validates and lists from it."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from uploads import columns, statements
from uploads.catalog import availability, drains, holdings, samples
from uploads.errors import Fault, ModelNotFound, ModelTakesNoImages, ModelUnavailable
from uploads.models import Model, ModelVersion, TrafficSplit, Worker, lengths
from uploads.statements import CatalogNow

logger = logging.getLogger("darkroom.catalog")

FORGOTTEN_AFTER: Final = timedelta(minutes=2)
"""A model that no worker offers any more stays so long: its worker may be restarting."""

_known: Final[dict[str, dict[str, Model]]] = {}
"""The catalog as it was read last, by when it was published."""

TENSORS: Final = "tensors"
"""The kind of output of models that no person uploads images to."""


@dataclass(frozen=True)
class VersionEntry:
    """One version as a worker offers it."""

    version: str
    sha256: str
    labels: list[str] = field(default_factory=list)
    params_schema: dict[str, Any] | None = None
    """None: the model's."""


@dataclass(frozen=True)
class ModelEntry:
    """One model as a worker offers it."""

    name: str
    description: str
    output_kind: str
    platform: str
    params_schema: dict[str, Any]
    max_batch_size: int
    versions: Sequence[VersionEntry]
    languages: Sequence[Mapping[str, str]] = ()
    """Those it reads, each by its BCP 47 `code`, perhaps with a `note`."""
    title: str = ""
    task: str = ""
    card: Mapping[str, str] = field(default_factory=dict)
    """What to know before relying on it: `purpose`, `limits`, `license`, …"""
    sample: bytes = b""
    """A JPEG to try it with; empty: there is none."""


@dataclass(frozen=True)
class Choice:
    """A model and version that a request has chosen."""

    name: str
    version: str
    params_schema: dict[str, Any]
    is_named: bool
    """Whether the request named the version; else it is the model's default."""
    held: holdings.Holdings | None = None
    """What workers had when it was chosen."""
    split: TrafficSplit | None = None
    """What shares this choice with another version: `sharing.settle` says who gets which."""

    @property
    def split_id(self) -> int | None:
        """That of its split; None: there is none."""
        return None if self.split is None else self.split.pk


def publish(
    entries: Sequence[ModelEntry],
    invalid: Sequence[str] = (),
    *,
    dropped: Collection[tuple[str, str]] = (),
    worker: str = "",
) -> None:
    """Writes what one worker has; what others have beside it stays.

    `invalid` are folders that cannot be used: they are listed, and what was known of them is kept.
    `dropped` are models and versions that this worker offered before and has no more: they go
    unless another live worker has them. What nobody offers otherwise goes by `forget_models`.
    A model that no database can keep is left out, and the log says so.
    """
    others = holdings.Holdings(holdings.live_workers().exclude(pk=worker))
    with transaction.atomic():
        for name in sorted(invalid):
            Model.objects.update_or_create(name=name, defaults={"offered_at": timezone.now()})
        for entry in sorted(entries, key=lambda e: e.name):
            try:
                _publish_one(entry)
            except columns.Unstorable:
                logger.exception("model not published", extra={"model": entry.name})
        for name, version in sorted(dropped):
            if all(one.version != version for _, one in others.of(name)):
                ModelVersion.objects.filter(model=name, version=version).delete()


def _publish_one(entry: ModelEntry) -> None:
    now = timezone.now()
    values = {
        "title": entry.title,
        "description": entry.description,
        "task": entry.task,
        "card": dict(entry.card),
        "output_kind": entry.output_kind,
        "platform": entry.platform,
        "params_schema": entry.params_schema,
        "max_batch_size": entry.max_batch_size,
        "languages": [dict(one) for one in entry.languages],
        "offered_at": now,
    }
    versions = {
        one.version: {
            "labels": one.labels,
            "sha256": one.sha256,
            "own_params_schema": one.params_schema,
            "offered_at": now,
        }
        for one in entry.versions
    }
    columns.check(Model(name=entry.name, **values))
    for version, of_version in versions.items():
        columns.check(ModelVersion(version=version, **of_version))
    model, _ = Model.objects.update_or_create(name=entry.name, defaults=values)
    samples.publish(model, entry.sample)
    for version, of_version in sorted(versions.items()):
        ModelVersion.objects.update_or_create(model=model, version=version, defaults=of_version)


def forget_models() -> None:
    """Takes out what no worker has offered for a while, once one has lived that long to know."""
    since = timezone.now() - FORGOTTEN_AFTER
    if holdings.live_workers().filter(started_at__lt=since).exists():
        ModelVersion.objects.filter(offered_at__lt=since).delete()
        Model.objects.filter(offered_at__lt=since, versions__isnull=True).delete()


def choose(name: str, version: str | None) -> Choice:
    """The model and version that a request for images asks for by name and by number or label.

    Raises:
        ModelNotFound: there is no such model or version.
        ModelUnavailable: it is unloaded, its folder cannot be used, no worker that lives can serve
            it, or the catalog is still empty.
        ModelTakesNoImages: it takes tensors only.
    """
    catalog = statements.catalog_now()
    model = _find(name, catalog)
    if model is None:
        if not Model.objects.exists():
            raise ModelUnavailable
        message = f"There is no model named '{name[: lengths.MODEL_NAME]}'."
        raise ModelNotFound(message, (Fault("model_not_found", message, field="model"),))
    if model.output_kind == TENSORS:
        message = f"The model '{name}' takes tensors, not images."
        fault = Fault(ModelTakesNoImages.code, message, field="model")
        raise ModelTakesNoImages(message, (fault,))
    now = availability.read(catalog)
    number = now.find(model, version) if version else now.default_version(model)
    if refusal := now.refusal(model, number):
        raise ModelUnavailable(refusal)
    if not number:
        message = f"The model '{name}' has no version '{(version or '')[:20]}'."
        raise ModelNotFound(message, (Fault("model_not_found", message, field="model_version"),))
    schema = _params_schema(model, number)
    split = now.split(model, version or "")
    return Choice(name, number, schema, is_named=bool(version), held=now.held, split=split)


def require_served(name: str, version: str, *, is_named: bool) -> None:
    """Refuses what would be queued for this version of a model, as `choose` does.

    What did not name its version may wait for the default one instead.

    Raises:
        ModelUnavailable: it would not be computed now.
    """
    catalog = statements.catalog_now()
    model = _find(name, catalog) or Model(name=name)
    now = availability.read(catalog)
    if not is_named and not now.find(model, version):
        version = now.default_version(model) or version
    if refusal := now.refusal(model, version):
        raise ModelUnavailable(refusal)


def _find(name: str, catalog: CatalogNow) -> Model | None:
    """This model, with its versions; not to be changed: others get the same."""
    known = _known.get(catalog.published)
    if known is None:
        known = {model.name: model for model in Model.objects.prefetch_related("versions")}
        _known.clear()
        _known[catalog.published] = known
    return known.get(name)


def successor(name: str) -> Choice | None:
    """What takes the place of a version that is gone: the model's default version, if any."""
    catalog = statements.catalog_now()
    model = _find(name, catalog)
    number = availability.read(catalog).default_version(model) if model else ""
    if model is None or not number:
        return None
    return Choice(model.name, number, _params_schema(model, number), is_named=False)


def params_schema(name: str, version: str) -> dict[str, Any]:
    """The JSON Schema of a version's parameters; empty where there is no such model."""
    model = _find(name, statements.catalog_now())
    return _params_schema(model, version) if model else {}


def _params_schema(model: Model, number: str) -> dict[str, Any]:
    found = next((one for one in model.versions.all() if one.version == number), None)
    return found.params_schema if found else model.params_schema


def versions() -> set[tuple[str, str]]:
    """Every model and version that is in the catalog."""
    return set(ModelVersion.objects.values_list("model_id", "version"))


def heartbeat(worker: Worker) -> None:
    """Writes that this worker lives, and what it holds."""
    worker.seen_at = timezone.now()
    worker.save()


def deregister(worker: Worker) -> None:
    """Takes a worker that has stopped out of the catalog."""
    Worker.objects.filter(pk=worker.pk).delete()


def forget_dead_workers() -> None:
    """Takes workers out that gave no sign of life for an hour, and what was asked of them."""
    Worker.objects.filter(seen_at__lt=timezone.now() - timedelta(hours=1)).delete()
    drains.forget()
