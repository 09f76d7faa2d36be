"""What this worker's engine has, in the catalog's words."""

from collections.abc import Iterable

from inference.engine.model_folder import Model
from inference.engine.repository import Repository
from inference.engine.status import VersionStatus
from uploads.catalog.holdings import Holding
from uploads.catalog.offers import ModelEntry, VersionEntry
from uploads.models import lengths


def offers(repository: Repository) -> list[ModelEntry]:
    """A catalog entry for every model of the repository."""
    return [_entry(model) for model in repository.models.values()]


def invalid(repository: Repository) -> list[str]:
    """The folders of the repository that cannot be used."""
    names = repository.problems.keys() - repository.models.keys()
    return sorted(name for name in names if len(name) <= lengths.MODEL_NAME)


def holdings(index: Iterable[VersionStatus]) -> list[Holding]:
    """What the engine has of each version."""
    return [
        Holding(
            model=one.model,
            version=one.version,
            state=str(one.state),
            reason=one.reason,
            sha256=one.sha256,
            instances=one.instances,
            memory_bytes=one.memory_bytes,
        )
        for one in index
    ]


def _entry(model: Model) -> ModelEntry:
    config = model.config
    return ModelEntry(
        name=config.name,
        title=config.title,
        description=config.description,
        task=config.task or "",
        card=config.card.model_dump(exclude_defaults=True),
        sample=model.sample,
        output_kind=config.output_kind,
        platform=config.platform,
        params_schema=dict(config.params),
        max_batch_size=config.max_batch_size,
        languages=[one.model_dump(exclude_defaults=True) for one in config.languages],
        versions=[
            VersionEntry(
                one.number,
                one.sha256,
                sorted(one.labels),
                None if one.config.params == config.params else dict(one.config.params),
            )
            for one in model.versions.values()
        ],
    )
