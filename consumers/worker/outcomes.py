"""From the engine's words to the lifecycle's: what an outcome means for its prediction."""

import time
from typing import Any, Final, assert_never

from inference.engine import types
from uploads.queue import endings
from uploads.queue.held import Claim
from uploads.queue.retry import Blame
from uploads.storage import keys

_BLAME: Final = {
    types.FailureKind.PERMANENT: Blame.IMAGE,
    types.FailureKind.TRANSIENT: Blame.CHANCE,
    types.FailureKind.TIMEOUT: Blame.TIMEOUT,
    types.FailureKind.INFRASTRUCTURE: Blame.INFRASTRUCTURE,
}


def ending_of(
    claim: Claim, outcome: types.Outcome, *, claimed_at: float, worker: str
) -> endings.Ending:
    """How an attempt ended; `claimed_at` is in seconds of `time.monotonic`."""
    if isinstance(outcome, types.Computed):
        raise TypeError("An image has no tensors for a result.")
    thumbnail, thumbhash = "", outcome.thumbhash or ""
    if outcome.thumbhash is not None:
        thumbnail = keys.thumbnail_path(claim.upload_path, claim.image_id)
    match outcome:
        case types.Succeeded():
            return _success(claim, outcome, claimed_at, worker, thumbnail)
        case types.Failed():
            return endings.Failure(
                claim.id,
                claim.attempt,
                _BLAME[outcome.kind],
                outcome.code,
                outcome.message,
                timing=_timing(claim, outcome.timing, claimed_at),
                thumbnail_path=thumbnail,
                thumbhash=thumbhash,
            )
        case types.Canceled():
            return endings.Cancellation(claim.id, claim.attempt, thumbnail, thumbhash)
        case types.GivenBack():
            return endings.Return(claim.id, claim.attempt, thumbnail, thumbhash)
        case _:
            assert_never(outcome)


def _success(
    claim: Claim, outcome: types.Succeeded, claimed_at: float, worker: str, thumbnail: str
) -> endings.Success:
    folder = keys.results_path(claim.upload_path, claim.id, claim.attempt)
    return endings.Success(
        claim.id,
        claim.attempt,
        output=outcome.output,
        output_path=f"{folder}/{outcome.output_file}" if outcome.output_file else "",
        timing=_timing(claim, outcome.timing, claimed_at) or {},
        provenance={**outcome.provenance, "worker": worker},
        thumbnail_path=thumbnail,
        thumbhash=outcome.thumbhash or "",
    )


def _timing(claim: Claim, timing: types.Timing | None, claimed_at: float) -> dict[str, Any] | None:
    """Where the time went, in milliseconds; the engine's own queue counts as queue."""
    if timing is None:
        return None
    return {
        "queue_ms": claim.queue_ms + _ms(timing.wait_ns),
        "decode_ms": _ms(timing.decode_ns),
        "compute_ms": _ms(timing.compute_ns),
        "encode_ms": _ms(timing.encode_ns),
        "total_ms": claim.queue_ms + round((time.monotonic() - claimed_at) * 1000),
        "batch_size": timing.batch_size,
    }


def _ms(ns: int) -> int:
    return round(ns / 1_000_000)
