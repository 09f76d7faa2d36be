"""What any worker does now and then for all of them."""

import contextlib
import logging
from datetime import timedelta
from typing import Final

from django.utils import timezone

from uploads import catalog, claims, endings, events, lifecycle, storage
from uploads.models import FileRemoval
from uploads.retry import Blame

logger = logging.getLogger("darkroom.housekeeping")

ORPHANS_A_ROUND: Final = 100
LINGER: Final = timedelta(minutes=5)
"""A removal is repeated until then: an attempt that was running may still write a file."""


def reap() -> dict[int, int]:
    """Takes back what dead workers held; returns the users' newest seqs."""
    if not lifecycle.expired().exists():
        return {}
    with events.recording() as log:
        count = lifecycle.reap(log)
    logger.warning("leases expired", extra={"count": count})
    return log.seqs


def fail_orphans(worker: str) -> dict[int, int]:
    """Ends what is queued for a model that nobody serves any more."""
    seqs: dict[int, int] = {}
    for model, version in claims.orphaned_lanes(catalog.lanes()):
        with events.recording() as log:
            batch = claims.claim(worker, model, version, ORPHANS_A_ROUND, log)
            message = f"No worker serves the model '{model}' in version {version}."
            lifecycle.finish(
                [
                    endings.Failure(c.id, c.attempt, Blame.IMAGE, "model_not_found", message)
                    for c in batch
                ],
                log,
            )
        seqs |= log.seqs
    return seqs


def remove_files() -> None:
    """Removes the files of deleted uploads; what cannot be removed now is tried again."""
    done_before = timezone.now() - LINGER
    for removal in FileRemoval.objects.order_by("pk")[:100]:
        with contextlib.suppress(OSError):
            storage.remove(removal.prefix)
            if removal.created_at < done_before:
                removal.delete()
