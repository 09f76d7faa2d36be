"""What a worker holds: what it claimed, and what it learns of it when it renews its leases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from strictjson.values import plain_text
from uploads.models import Prediction, lengths

Attempt = tuple[int, int]
"""A prediction's id and the number of the attempt."""


@dataclass(frozen=True)
class Held:
    """A prediction that a worker holds, and how far it is."""

    id: int
    attempt: int
    stage: str | None
    progress: float

    @property
    def key(self) -> Attempt:
        """Which attempt it is."""
        return self.id, self.attempt

    @property
    def told_stage(self) -> str | None:
        """Its stage as a column keeps it: a lease must not run out over a word."""
        return None if self.stage is None else plain_text(self.stage, lengths.STAGE)

    @property
    def told_progress(self) -> float:
        """A fraction, whatever the model said."""
        return min(1.0, max(0.0, self.progress))

    def as_dict(self) -> dict[str, Any]:
        """As `tick` hands it to the database."""
        return {
            "id": self.id,
            "attempt": self.attempt,
            "stage": self.told_stage,
            "progress": self.told_progress,
        }


@dataclass(frozen=True)
class Tick:
    """What a worker learns when it renews its leases."""

    lost: frozenset[Attempt]
    """No longer this worker's: their work is to be dropped."""
    canceled: frozenset[Attempt]
    """Still this worker's, but their user has called them off."""


@dataclass(frozen=True)
class Claim:
    """One claimed prediction with all a worker needs to compute it."""

    id: int
    attempt: int
    user_id: int
    upload_id: int
    image_id: int
    model: str
    model_version: str
    version_named: bool
    """Its request named the version."""
    params: dict[str, Any]
    image_path: str
    is_purged: bool
    """Its file has left the local storage: it is in the archive, if anywhere."""
    image_type: str
    wants_thumbnail: bool
    upload_path: str
    suspect: bool
    """It has failed or lost its worker before: it must not share a batch with others."""
    queue_ms: int
    """How long it waited since it was created, in milliseconds."""
    traceparent: str | None = None
    """Of the request that queued it."""
    images: Mapping[str, str | None] = field(default_factory=dict)
    """Of each parameter that is the id of another image: the key of that image's file in storage;
    None: it is no longer stored."""


def as_claim(row: Prediction) -> Claim:
    image = row.image
    since = max(row.created_at, row.run_after or row.created_at)
    waited = (row.started_at or since) - since
    return Claim(
        id=row.pk,
        attempt=row.attempt,
        user_id=row.user_id,
        upload_id=image.upload_id,
        image_id=image.pk,
        model=row.model,
        model_version=row.model_version,
        version_named=row.version_named,
        params=row.params,
        image_path=image.image_path,
        is_purged=image.purged_at is not None,
        image_type=image.image_type,
        wants_thumbnail=not image.thumbnail_path,
        upload_path=image.upload.upload_path,
        suspect=bool(row.failures or row.lease_losses),
        queue_ms=max(0, round(waited.total_seconds() * 1000)),
        traceparent=row.traceparent,
    )
