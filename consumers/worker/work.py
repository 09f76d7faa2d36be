"""A claim while this worker holds it: how far it is, and what was learned of it meanwhile."""

import asyncio
import time
from dataclasses import dataclass, field

from consumers.worker.traced import Attempted, attempted
from uploads.queue.held import Claim


@dataclass
class Work:
    """One attempt at a prediction, from its claim to its written ending."""

    claim: Claim
    claimed_at: float = field(default_factory=time.monotonic)
    """By the steady clock."""
    task: asyncio.Task[None] | None = None
    stage: str | None = None
    progress: float = 0.0
    lost: bool = False
    canceled: bool = False
    traced: Attempted | None = None
    """Its spans, where it is traced."""

    def __post_init__(self) -> None:
        self.traced = attempted(self.claim)
