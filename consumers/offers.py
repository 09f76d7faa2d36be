"""What this worker's repository offers, in the catalog's words."""

from inference.engine.repository import Model, Repository
from uploads.catalog import ModelEntry, VersionEntry


def offers(repository: Repository) -> list[ModelEntry]:
    """A catalog entry for every model of the repository."""
    return [_entry(model) for model in repository.models.values()]


def _entry(model: Model) -> ModelEntry:
    config = model.config
    return ModelEntry(
        name=config.name,
        description=config.description,
        output_kind=config.output_kind,
        platform=config.platform,
        params_schema=dict(config.params),
        default_version=model.default_version,
        max_batch_size=config.max_batch_size,
        versions=[
            VersionEntry(one.number, one.sha256, sorted(one.labels))
            for one in model.versions.values()
        ],
    )
