"""From the queue's words to the engine's: the job that a claim means."""

from inference.engine.types import ImageJob
from uploads import storage
from uploads.queue.held import Claim


def job_of(claim: Claim) -> ImageJob:
    """What the engine is asked to do for this claim."""
    thumbnail = storage.thumbnail_path(claim.upload_path, claim.image_id)
    return ImageJob(
        id=claim.id,
        attempt=claim.attempt,
        model=claim.model,
        version=claim.model_version,
        source=storage.path_of(claim.image_path),
        sha256=claim.sha256,
        params=claim.params,
        image_type=claim.image_type,
        results=storage.path_of(storage.results_path(claim.upload_path, claim.id, claim.attempt)),
        thumbnail=storage.path_of(thumbnail) if claim.wants_thumbnail else None,
        alone=claim.suspect,
        user_id=claim.user_id,
    )
