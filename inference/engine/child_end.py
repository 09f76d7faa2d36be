"""Why a child ended while it had work, and what that means for the jobs it had begun with."""

from enum import Enum, auto

from inference.engine.errors import (
    DecodingTimedOut,
    JobFailure,
    ModelCrashed,
    OutOfMemory,
    ResultsUnwritable,
    SourceUnavailable,
    TimedOut,
)
from inference.engine.messages import Phase


class End(Enum):
    """Why a child ended while it had work."""

    CRASH = auto()
    DIED_IDLE = auto()
    """It had died in its idle time, which was noticed only when the batch was sent."""
    TIMEOUT = auto()
    MEMORY = auto()
    """It used more memory than it may."""
    CANCEL = auto()
    """One of its jobs was called off, and it did not let go."""
    STOP = auto()


def failure_of(end: End, phase: Phase | None, limit_seconds: float) -> JobFailure | None:
    """How the jobs fail that a child had begun with, whose last phase was this; None: they do not.

    `limit_seconds` is how long it may be at one.
    """
    match end:
        case End.CRASH:
            return ModelCrashed()
        case End.MEMORY:
            return OutOfMemory()
        case End.TIMEOUT:
            return _time_out(phase, f"{limit_seconds:g} seconds")
        case End.DIED_IDLE | End.CANCEL | End.STOP:
            return None


def _time_out(phase: Phase | None, limit: str) -> JobFailure:
    match phase:
        case "read":
            return SourceUnavailable()
        case "store":
            return ResultsUnwritable()
        case "decode":
            return DecodingTimedOut(f"The file takes too long to decode: more than {limit}.")
        case _:
            return TimedOut(f"The model took longer than {limit}.")
