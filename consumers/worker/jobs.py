"""From the queue's words to the engine's: the job that a claim means."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from inference.engine.types import ImageJob
from uploads.catalog import named_images
from uploads.queue.held import Claim
from uploads.storage import keys, local


def with_images(model: str, version: str, claims: Sequence[Claim]) -> list[Claim]:
    """The claims, all for one version of a model, with the images that their parameters name."""
    found = named_images.paths(model, version, [(claim.user_id, claim.params) for claim in claims])
    return [replace(claim, images=images) for claim, images in zip(claims, found, strict=True)]


def job_of(claim: Claim, on_thumbnail: Callable[[str], None] | None = None) -> ImageJob:
    """What the engine is asked to do for this claim; it says when the thumbnail is written."""
    # Resolved once: looking a path up folder by folder took longer than a claim.
    folder = local.path_of(claim.upload_path)

    def path_of(key: str) -> Path:
        inner = key.removeprefix(f"{claim.upload_path}/")
        is_inside = inner != key and ".." not in inner.split("/")
        return folder / inner if is_inside else local.path_of(key)

    thumbnail = keys.thumbnail_path(claim.upload_path, claim.image_id)
    return ImageJob(
        id=claim.id,
        attempt=claim.attempt,
        model=claim.model,
        version=claim.model_version,
        source=path_of(claim.image_path),
        params=claim.params,
        images={name: local.path_of(key) if key else None for name, key in claim.images.items()},
        image_type=claim.image_type,
        page=keys.page_of(claim.image_path),
        image_pages={name: keys.page_of(key) for name, key in claim.images.items() if key},
        results=path_of(keys.results_path(claim.upload_path, claim.id, claim.attempt)),
        thumbnail=path_of(thumbnail) if claim.wants_thumbnail else None,
        display=path_of(keys.display_path(thumbnail)) if claim.wants_thumbnail else None,
        on_thumbnail=on_thumbnail,
        alone=claim.suspect,
        user_id=claim.user_id,
    )
