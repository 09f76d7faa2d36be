"""Whether a prediction that did not succeed is tried again: a decision as a value."""

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from uploads.states import Move

MAX_TIMEOUTS: Final = 2
"""What takes too long is tried once more: perhaps it was a mate in its batch."""


class Blame(StrEnum):
    """Whose doing it was that an attempt did not succeed."""

    IMAGE = "image"
    """The image's or the model's own, for good: another try would end the same way."""
    CHANCE = "chance"
    """The image's or the model's own, perhaps not for good: a crash."""
    TIMEOUT = "timeout"
    """The image's or the model's own: it took too long, and another try costs as much again."""
    WORKER = "worker"
    """The worker died with it."""
    INFRASTRUCTURE = "infrastructure"
    """Storage's, the database's, a drain's: counts against nobody."""
    STORAGE = "storage"
    """The archive's, which is away, perhaps for long: counts against nobody."""


@dataclass(frozen=True)
class Decision:
    """What happens now, and the counters after it."""

    move: Move
    failures: int
    lease_losses: int
    delay_seconds: float
    exhausted: bool = False
    keeps_turn: bool = True
    """Whether it waits no longer than what came while it was away."""


def decide(
    blame: Blame, *, failures: int, lease_losses: int, max_attempts: int, max_lease_losses: int
) -> Decision:
    """What becomes of an attempt that failed, given the counters before it."""
    match blame:
        case Blame.IMAGE:
            return Decision(Move.FAIL, failures + 1, lease_losses, 0)
        case Blame.CHANCE | Blame.TIMEOUT:
            failures += 1
            most = min(MAX_TIMEOUTS, max_attempts) if blame is Blame.TIMEOUT else max_attempts
            if failures >= most:
                return Decision(Move.FAIL, failures, lease_losses, 0, exhausted=True)
            delay = _back_off(failures)
            return Decision(Move.RETRY, failures, lease_losses, delay, keeps_turn=False)
        case Blame.WORKER:
            lease_losses += 1
            if lease_losses >= max_lease_losses:
                return Decision(Move.FAIL, failures, lease_losses, 0, exhausted=True)
            return Decision(Move.RETRY, failures, lease_losses, 0)
        case Blame.INFRASTRUCTURE | Blame.STORAGE:
            delay = _back_off(6 if blame is Blame.STORAGE else 1)
            return Decision(Move.GIVE_BACK, failures, lease_losses, delay)


def _back_off(tries: int) -> float:
    """Seconds to wait: doubling, at most five minutes, with up to a quarter of jitter."""
    seconds = min(300.0, 0.5 * 2.0**tries)
    return seconds * (1 + random.random() / 4)
