"""What any worker does now and then for all of them."""

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from consumers.database import ANY_ERROR, TRANSIENT_DATABASE_ERRORS, in_database
from consumers.metrics.failures import splits_rolled_back
from uploads import events
from uploads.catalog import desired, offers, params, split_watch, succession
from uploads.pruning import Pruning
from uploads.queue import backlog, leases, lifecycle
from uploads.queue.endings import Ending, Failure, Return
from uploads.queue.held import Claim
from uploads.queue.retry import Blame

logger = logging.getLogger("darkroom.housekeeping")

ORPHANS_A_ROUND: Final = 100


async def do_all(*chores: Callable[[], Awaitable[None]]) -> None:
    """Does one after the other: one that fails each time does not keep the rest from being done.

    Raises:
        OperationalError, InterfaceError: the database is away.
    """
    for chore in chores:
        try:
            await chore()
        except TRANSIENT_DATABASE_ERRORS:
            raise
        except Exception:
            logger.exception("housekeeping failed, the rest goes on")


def reap() -> dict[int, int]:
    """Takes back what dead workers held; returns the users' newest seqs."""
    if not leases.any_expired():
        return {}
    with events.recording() as log:
        count = lifecycle.reap(log)
    logger.warning("leases expired", extra={"count": count})
    return log.seqs


def watch_splits() -> dict[int, int]:
    """Rolls back splits of traffic whose new version fails more, and moves what waits for it.

    Returns the users' newest seqs.
    """
    watched = split_watch.go_on()
    for split in watched.rolled_back:
        splits_rolled_back.inc()
        logger.warning(
            "traffic split rolled back", extra={"model": split.model, "version": split.to_version}
        )
    return watched.seqs


def fail_orphans(worker: str) -> dict[int, int]:
    """Ends what is queued for a model that is unloaded or gone.

    What is queued for one that does not load waits until it does. Where only the version is gone,
    what did not name it waits for the default version from now on.
    """
    seqs: dict[int, int] = {}
    unloaded = desired.unloaded()
    served = {version for version in offers.versions() if version[0] not in unloaded}
    for model, version in backlog.orphaned_versions(served):
        if model in unloaded:
            end = _failing("model_unavailable", f"The model '{model}' is unloaded.")
        else:
            end = _failing(
                "model_not_found", f"No worker serves the model '{model}' in version {version}."
            )
            successor = offers.successor(model)
            if successor is not None and successor.version != version:
                seqs |= succession.move_on(version, successor)
                end = partial(_end_left_behind, successor, end)
        with events.recording() as log:
            batch = leases.claim(worker, model, version, ORPHANS_A_ROUND, log)
            lifecycle.finish([end(claim) for claim in batch], log)
        seqs |= log.seqs
    return seqs


def _failing(code: str, message: str) -> Callable[[Claim], Ending]:
    return lambda claim: Failure(claim.id, claim.attempt, Blame.IMAGE, code, message)


def _end_left_behind(
    successor: offers.Choice, not_found: Callable[[Claim], Ending], claim: Claim
) -> Ending:
    """The ending of what did not move on to the version that took its version's place."""
    if claim.version_named:
        return not_found(claim)
    if params.fits(claim.params, successor):
        # It came after the others had moved; so will it, in the next round.
        return Return(claim.id, claim.attempt)
    message = f"Its parameters do not fit version {successor.version}, which replaced its own."
    return Failure(claim.id, claim.attempt, Blame.IMAGE, "invalid_params", message)


async def prune() -> None:
    """Removes rows that are older than they are kept, a batch at a time."""
    walk = Pruning()
    try:
        while not walk.is_over:
            await in_database(walk.go_on)
    except ANY_ERROR:
        raise
    except Exception:
        logger.exception("pruning failed, trying again")
