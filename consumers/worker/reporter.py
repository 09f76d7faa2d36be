"""Progress on its way to the user: throttled, latest wins, never worth waiting for."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from inference.engine.limits import PARTIAL_BYTES
from inference.engine.types import Progress
from uploads.queue.held import Claim

QUIET_SECONDS: Final = 0.25
"""Nothing is told this soon after the start: what ends at once needs no progress."""
INTERVAL_SECONDS: Final = 0.25

Publish = Callable[[int, dict[str, Any]], Awaitable[None]]


@dataclass
class _Told:
    next_at: float
    timer: asyncio.TimerHandle | None = None
    latest: Progress | None = None


@dataclass
class Reporter:
    """Sends each running prediction's progress at most four times a second."""

    publish: Publish
    """Sends a message to a user by id."""
    _told: dict[int, _Told] = field(default_factory=dict)
    _sending: set[asyncio.Task[None]] = field(default_factory=set)

    def begin(self, claim: Claim) -> None:
        """An attempt has started."""
        now = asyncio.get_running_loop().time()
        self._told[claim.id] = _Told(next_at=now + QUIET_SECONDS)

    def report(self, claim: Claim, progress: Progress) -> None:
        """A running attempt has come this far."""
        told = self._told.get(claim.id)
        if told is None:
            return
        told.latest = progress
        if told.timer is None:
            loop = asyncio.get_running_loop()
            told.timer = loop.call_at(max(told.next_at, loop.time()), self._flush, claim)

    def end(self, claim: Claim) -> None:
        """The attempt is over: what was not told yet is not told any more."""
        told = self._told.pop(claim.id, None)
        if told is not None and told.timer is not None:
            told.timer.cancel()

    def _flush(self, claim: Claim) -> None:
        told = self._told.get(claim.id)
        if told is None or told.latest is None:
            return
        progress, told.latest, told.timer = told.latest, None, None
        loop = asyncio.get_running_loop()
        told.next_at = loop.time() + INTERVAL_SECONDS
        sending = loop.create_task(self._send(claim, progress))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)

    async def _send(self, claim: Claim, progress: Progress) -> None:
        await self.publish(claim.user_id, message_of(claim, progress))


def message_of(claim: Claim, progress: Progress) -> dict[str, Any]:
    """A progress message of the contract; a partial result that is too large is left out."""
    message: dict[str, Any] = {
        "type": "progress",
        "prediction": claim.id,
        "image": claim.image_id,
        "upload": claim.upload_id,
        "attempt": claim.attempt,
        "stage": progress.stage,
        "fraction": round(progress.fraction, 4),
    }
    partial = progress.partial
    if partial is not None and len(json.dumps(partial)) <= PARTIAL_BYTES:
        message["partial"] = partial
    return message
