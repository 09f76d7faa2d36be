"""Which workers live and what they serve, as the catalog says; asked at most once a second."""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from consumers.database import ANY_ERROR, in_database
from uploads.catalog import holdings
from uploads.catalog.holdings import Holding

logger = logging.getLogger("darkroom.forwarding")

FRESH_SECONDS: Final = 1.0


@dataclass(frozen=True)
class LiveWorker:
    """A worker that takes calls."""

    address: str
    """Of its gRPC server, host:port."""
    ready: frozenset[tuple[str, str]]
    """The models and versions that it would answer for."""

    def serves(self, model: str, version: str) -> bool:
        """Whether it would answer for this version; a label or nothing stands for any."""
        if version.isdigit():
            return (model, version) in self.ready
        return any(name == model for name, _ in self.ready)


class LiveWorkers:
    """What the catalog said last. For one event loop."""

    def __init__(self) -> None:
        self._known: Sequence[LiveWorker] = ()
        self._read_at = float("-inf")
        self._reading: asyncio.Task[Sequence[LiveWorker]] | None = None

    async def get(self) -> Sequence[LiveWorker]:
        """Workers that gave a sign of life lately and are not about to end.

        While the database is away it is what was known last.
        """
        if time.monotonic() < self._read_at + FRESH_SECONDS:
            return self._known
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        # Shielded: who called may be called off, and others wait for the same.
        return await asyncio.shield(self._reading)

    def invalidate(self) -> None:
        """The catalog is asked anew at the next call: something has just changed."""
        self._read_at = float("-inf")
        # What is being read may be from before: it answers those who wait for it, and nobody else.
        self._reading = None

    async def _read(self) -> Sequence[LiveWorker]:
        # The clock first: what changes while the catalog is read is found the next time.
        now = time.monotonic()
        found = self._known
        try:
            found = await in_database(_live)
        except ANY_ERROR:
            logger.exception("database unavailable, workers as they were known")
        finally:
            if self._reading is asyncio.current_task():
                self._known, self._read_at, self._reading = found, now, None
        return found


def _live() -> list[LiveWorker]:
    rows = holdings.live_workers().filter(draining=False).exclude(grpc_address="")
    # A worker that took over the port of a dead one is the younger of the two.
    found = rows.order_by("started_at").values_list("grpc_address", "versions")
    return list({address: LiveWorker(address, _ready(held)) for address, held in found}.values())


def _ready(held: list[dict[str, Any]]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (one.model, one.version)
        for one in map(Holding.from_dict, held)
        if one.state == holdings.READY
    )
