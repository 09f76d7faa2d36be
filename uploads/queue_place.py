"""Where a queued prediction stands, and why it is not taken: what its user is told."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Obstacle:
    """Why nothing that waits for a version is taken, for whoever waits."""

    code: str
    """`no_worker`, `model_unavailable`: those that live cannot serve it, or `model_paused`."""
    message: str


@dataclass(frozen=True)
class Place:
    """Where a queued prediction stands."""

    position: int | None
    """1 is next; beyond the first thousand there is none."""
    obstacle: Obstacle | None
    """Why it is not taken now, whatever its position."""
