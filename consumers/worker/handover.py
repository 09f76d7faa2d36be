"""The files of a worker with a disk of its own: fetched, held while they are read, handed over."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Final

from django.conf import settings

from consumers.daemon_threads import DaemonThreads
from consumers.database import ANY_ERROR, in_database, with_connection
from consumers.worker.files import IsWanted, NotThereYet
from uploads.errors import StorageUnavailable
from uploads.models import ArchiveTask, Image
from uploads.queue.endings import Ending, Failure, Success
from uploads.queue.held import Attempt, Claim
from uploads.queue.retry import Blame
from uploads.storage import cache, cache_trimming, handover, incoming, keys, local
from uploads.storage.cache import Pin
from uploads.storage.handover import Outgoing

logger = logging.getLogger("darkroom.handover")

FETCH_SECONDS: Final = 20.0
"""How long an image waits for its files before it is given back to the queue."""
DELIVER_SECONDS: Final = 120.0
"""How long a result waits for the object store before it is given up, to be computed again."""
FIRST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 8.0
ASK_AGAIN_SECONDS: Final = 2.0
"""How often an object store that was away is asked whether it is back."""
_TRIM_AFTER: Final = 0.1
"""What part of the cache's size may be fetched before it is looked at again."""
_AWAY: Final = "The object store does not answer."


class HandedOverFiles:
    """One worker's. While the object store is away for it, it claims nothing, as others might."""

    blame = Blame.INFRASTRUCTURE

    def __init__(self, stopping: asyncio.Event) -> None:
        self._threads = DaemonThreads(settings.ARCHIVE_AT_A_TIME, "fetch")
        self._senders = DaemonThreads(settings.ARCHIVE_AT_A_TIME, "deliver")
        self._keeper = DaemonThreads(1, "cache")
        self._pins: dict[Attempt, list[Pin]] = {}
        self._stopping = stopping
        self._is_away = False
        self._ask_at = 0.0
        self._fetched_bytes = 0

    async def is_ready(self) -> bool:
        """Whether the object store answers, as far as is known; asks one that was away."""
        if not self._is_away:
            return True
        if time.monotonic() < self._ask_at:
            return False
        try:
            await self._threads.run(_ask)
        except StorageUnavailable:
            self._note_away()
        else:
            self._is_away = False
            logger.info("the object store is back")
        return not self._is_away

    def _note_away(self) -> None:
        if not self._is_away:
            logger.warning("the object store is away, nothing is claimed meanwhile")
        self._is_away = True
        self._ask_at = time.monotonic() + ASK_AGAIN_SECONDS

    async def fetch(self, claim: Claim) -> None:
        """Fetches what is not here, and holds all that the claim reads.

        Raises:
            StorageUnavailable: the object store or the database does not answer now.
        """
        if self._is_away:
            # At once: what is here already would wait for a place meanwhile.
            raise StorageUnavailable(_AWAY)
        wanted = [claim.image_id]
        wanted += [int(claim.params[name]) for name, key in claim.images.items() if key]
        try:
            images = await in_database(_images, wanted)
        except ANY_ERROR:
            raise StorageUnavailable("The database does not answer: try again.") from None
        pins = self._pins.setdefault((claim.id, claim.attempt), [])
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                for image in images:
                    await self._threads.run(partial(_hold, image, pins))
        except NotThereYet:
            raise
        except (TimeoutError, StorageUnavailable) as error:
            self._note_away()
            raise StorageUnavailable(_AWAY) from error
        self._fetched_bytes += sum(image.size for image in images)
        if self._fetched_bytes > settings.MEDIA_CACHE_BYTES * _TRIM_AFTER:
            await self.keep()

    def release(self, claim: Claim) -> None:
        """What the claim read may be removed from the cache."""
        for pin in self._pins.pop((claim.id, claim.attempt), ()):
            pin.release()

    async def deliver(self, claim: Claim, ending: Ending, is_wanted: IsWanted) -> Ending:
        """Puts result and thumbnail into the object store before a row names them.

        While it is away a result waits here, with its lease; after a while, or when this worker
        stops, it is given up and the image computed again. A picture alone is not waited for.
        """
        files = _outgoing(claim, ending)
        if not files:
            return ending
        give_up_at = time.monotonic() + DELIVER_SECONDS
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._senders.run(partial(handover.send, files))
            except StorageUnavailable as error:
                self._note_away()
                if not isinstance(ending, Success):
                    return replace(ending, thumbnail_path="")
                is_over = self._stopping.is_set() or time.monotonic() >= give_up_at
                if is_over or not is_wanted():
                    logger.warning("result given up", extra={"prediction": claim.id})
                    why = (Blame.INFRASTRUCTURE, error.code, error.message)
                    return Failure(claim.id, claim.attempt, *why)
            else:
                return ending
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stopping.wait()
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    @contextlib.asynccontextmanager
    async def original(self, image_id: int, key: str, *, is_purged: bool) -> AsyncIterator[None]:
        """Fetches an image's original unless it is here, and holds it meanwhile.

        Raises:
            StorageUnavailable: the object store does not answer now.
        """
        if self._is_away:
            raise StorageUnavailable(_AWAY)
        pins: list[Pin] = []
        try:
            try:
                async with asyncio.timeout(FETCH_SECONDS):
                    for image in await in_database(_images, [image_id]):
                        await self._threads.run(partial(_hold, image, pins))
            except TimeoutError as error:
                raise StorageUnavailable(_AWAY) from error
            yield
        finally:
            for pin in pins:
                pin.release()

    async def deliver_thumbnail(self, key: str) -> None:
        """Puts a thumbnail, and the larger picture beside it, into the object store.

        Raises:
            StorageUnavailable: it does not take them now.
        """
        await self._senders.run(partial(handover.send, _pictures(key)))

    async def keep(self) -> None:
        """Keeps the machine's cache within its size, and free of what was deleted."""
        self._fetched_bytes = 0
        try:
            await self._keeper.run(partial(with_connection, cache_trimming.keep))
        except ANY_ERROR:
            raise
        except Exception:
            logger.exception("the cache was not looked after, trying again")


def _images(image_ids: list[int]) -> list[Image]:
    return list(Image.objects.filter(pk__in=image_ids).exclude(image_path=""))


def _hold(image: Image, pins: list[Pin]) -> None:
    pin = cache.hold(image.image_path, image.sha256)
    if pin is not None:
        pins.append(pin)
    elif image.archived_at is None and _is_on_its_way(image):
        raise NotThereYet


def _is_on_its_way(image: Image) -> bool:
    """Whether a process that does not hand over has stored it: then the archive will have it."""
    return with_connection(ArchiveTask.objects.filter(upload=image.upload_id).exists)


def _outgoing(claim: Claim, ending: Ending) -> list[Outgoing]:
    """What is to be there before the ending is written."""
    files = []
    if isinstance(ending, Success) and ending.output_path:
        content_type = str(ending.output.get("content_type", "image/png"))
        files.append(Outgoing(ending.output_path, content_type))
    if ending.thumbnail_path:
        files += _pictures(ending.thumbnail_path)
    return files


def _pictures(thumbnail: str) -> list[Outgoing]:
    return [
        Outgoing(key, "image/jpeg", is_derived=True)
        for key in (thumbnail, keys.display_path(thumbnail))
        if local.path_of(key).is_file()
    ]


def _ask() -> None:
    """Raises StorageUnavailable while files can neither be fetched nor be delivered."""
    handover.require_store()
    if not incoming.is_writable():
        raise StorageUnavailable("The disk is full.")
