"""What any worker does now and then for all of them."""

import contextlib
import logging
from datetime import timedelta
from typing import Final

from django.utils import timezone

from uploads import catalog, claims, endings, events, holdings, lifecycle, storage, wanted
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
    """Ends what is queued for a model that nobody serves: unloaded, not loadable, or gone."""
    seqs: dict[int, int] = {}
    unloaded, lost = wanted.unloaded(), holdings.read().lost()
    served = {lane for lane in catalog.lanes() if lane[0] not in unloaded} - lost
    for model, version in claims.orphaned_lanes(served):
        if model in unloaded:
            code, message = "model_unavailable", f"The model '{model}' is unloaded."
        elif (model, version) in lost:
            code, message = "model_unavailable", f"The model '{model}' could not be loaded."
        else:
            code = "model_not_found"
            message = f"No worker serves the model '{model}' in version {version}."
        with events.recording() as log:
            batch = claims.claim(worker, model, version, ORPHANS_A_ROUND, log)
            failed = [endings.Failure(c.id, c.attempt, Blame.IMAGE, code, message) for c in batch]
            lifecycle.finish(failed, log)
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
