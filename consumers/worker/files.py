"""The files of what a worker holds: at hand for the engine, and then where others see them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from uploads.errors import StorageUnavailable
from uploads.queue.endings import Ending
from uploads.queue.held import Claim
from uploads.queue.retry import Blame

IsWanted = Callable[[], bool]
"""Whether an attempt is still this worker's, and not called off."""


class NotThereYet(StorageUnavailable):
    """The file is on its way to the archive."""


class Fetches(Protocol):
    """The part of the archiver that brings back what has left a folder that all share."""

    async def fetch(self, claim: Claim) -> None:
        """Brings back the files that a claim needs.

        Raises:
            StorageUnavailable: they are not to be had now.
        """

    async def fetch_originals(self, wanted: dict[int, str], *, is_purged: bool) -> None:
        """Brings back originals, by the ids and keys of their images.

        Raises:
            StorageUnavailable: they are not to be had now.
        """


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

    def original(
        self, image_id: int, key: str, *, is_purged: bool
    ) -> AbstractAsyncContextManager[None]:
        """Has the original of an image in the local storage meanwhile, as far as it is anywhere.

        Raises:
            StorageUnavailable: it is not to be had now.
        """

    async def deliver_thumbnail(self, key: str) -> None:
        """Has a thumbnail, and the larger picture beside it, where everybody finds them.

        Raises:
            StorageUnavailable: it cannot be delivered now.
        """

    async def keep(self) -> None:
        """Does what is to be done every now and then."""


class SharedFiles:
    """All share one folder; what has left it is in the archive."""

    blame = Blame.STORAGE

    def __init__(self, archive: Fetches) -> None:
        self._archive = archive

    async def is_ready(self) -> bool:
        """It needs nobody else."""
        return True

    async def fetch(self, claim: Claim) -> None:
        """Brings back what has left the folder."""
        await self._archive.fetch(claim)

    async def deliver(self, claim: Claim, ending: Ending, is_wanted: IsWanted) -> Ending:
        """It is there already."""
        return ending

    def release(self, claim: Claim) -> None:
        """Nothing removes what is read."""

    @asynccontextmanager
    async def original(self, image_id: int, key: str, *, is_purged: bool) -> AsyncIterator[None]:
        """Brings it back if it has left the folder."""
        await self._archive.fetch_originals({image_id: key}, is_purged=is_purged)
        yield

    async def deliver_thumbnail(self, key: str) -> None:
        """It is there already."""

    async def keep(self) -> None:
        """It is looked after by retention."""
