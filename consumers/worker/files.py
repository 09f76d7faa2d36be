"""The files of what a worker holds: at hand for the engine, and then where others see them."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from uploads.errors import StorageUnavailable
from uploads.queue.endings import Ending
from uploads.queue.held import Claim
from uploads.queue.retry import Blame

IsWanted = Callable[[], bool]
"""Whether an attempt is still this worker's, and not called off."""


class NotThereYet(StorageUnavailable):
    """The file is on its way to the archive."""


class Files(Protocol):
    """What the pipeline asks for the files of its claims."""

    blame: Blame
    """What an attempt ends by whose files are not to be had now."""

    async def is_ready(self) -> bool:
        """Whether it makes sense to claim."""

    async def fetch(self, claim: Claim) -> None:
        """Has the files that a claim reads in the local storage, until it is released.

        Raises:
            StorageUnavailable: they are not to be had now.
            NotThereYet: nor soon.
        """

    async def deliver(self, claim: Claim, ending: Ending, is_wanted: IsWanted) -> Ending:
        """Has what an attempt made where everybody finds it; how it ends, then."""

    def release(self, claim: Claim) -> None:
        """The claim's files are not read any more."""

    async def keep(self) -> None:
        """Does what is to be done every now and then."""


class SharedFiles:
    """All share one folder; what has left it is in the archive."""

    blame = Blame.STORAGE

    def __init__(self, fetch: Callable[[Claim], Awaitable[None]]) -> None:
        self._fetch = fetch

    async def is_ready(self) -> bool:
        """It needs nobody else."""
        return True

    async def fetch(self, claim: Claim) -> None:
        """Brings back what has left the folder."""
        await self._fetch(claim)

    async def deliver(self, claim: Claim, ending: Ending, is_wanted: IsWanted) -> Ending:
        """It is there already."""
        return ending

    def release(self, claim: Claim) -> None:
        """Nothing removes what is read."""

    async def keep(self) -> None:
        """It is looked after by retention."""
