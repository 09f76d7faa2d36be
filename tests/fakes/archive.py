"""What brings files back for a worker, as the test says."""

from collections.abc import Awaitable, Callable
from typing import Any

from uploads.queue.held import Claim


class FakeFetches:
    """Has `fetch` called for each claim, and for the originals of thumbnails with their ids."""

    def __init__(self, fetch: Callable[[Any], Awaitable[None]] | None = None) -> None:
        self._fetch = fetch
        self.originals: list[tuple[dict[int, str], bool]] = []
        """What was asked for, and whether some of it was purged."""

    async def fetch(self, claim: Claim) -> None:
        """As told."""
        if self._fetch:
            await self._fetch(claim)

    async def fetch_originals(self, wanted: dict[int, str], *, is_purged: bool) -> None:
        """As told."""
        self.originals.append((wanted, is_purged))
        if self._fetch:
            await self._fetch(wanted)
