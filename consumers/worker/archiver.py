"""What a worker does for the archive beside its models: copies, fetches, removes, purges."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from django.conf import settings

from consumers.daemon_threads import DaemonThreads
from consumers.database import ANY_ERROR, in_database, with_connection
from consumers.metrics import failures
from uploads import bus
from uploads.errors import StorageUnavailable
from uploads.models import Image
from uploads.queue.held import Claim
from uploads.storage import (
    archive,
    archive_marker,
    archive_reading,
    handover,
    local,
    object_store,
    removal,
)
from uploads.storage.archive import Copied, NotCopied, Task
from uploads.storage.retention import Round

logger = logging.getLogger("darkroom.archive")

ROUND_SECONDS: Final = 1.0
PURGE_SECONDS: Final = 300.0
FETCH_SECONDS: Final = 20.0
"""How long an image waits for its file before it is given back to the queue."""
FETCH_PAUSE_SECONDS: Final = 15.0
"""For so long after that no other image waits for its file."""
FIRST_PAUSE_SECONDS: Final = 2.0
_ENLISTED_A_ROUND: Final = 1000
_REMOVED_AT_A_TIME: Final = 4


class Archiver:
    """One worker's part in the archive.

    While that is away it pauses, longer each time, but no longer than a file is its taker's.
    """

    def __init__(self) -> None:
        self._threads = DaemonThreads(settings.ARCHIVE_AT_A_TIME, "archive")
        self._fetchers = DaemonThreads(settings.ARCHIVE_AT_A_TIME, "fetch")
        self._pause_seconds = 0.0
        self._paused_until = 0.0
        self._fetches_after = 0.0
        self._enlisted: int | None = 0
        """Images up to this id are noted for the archive; None: all that were there."""

    async def copy_due(self) -> None:
        """Copies what is due, until nothing is or the archive is away."""
        await self._unless_paused(self._copy_due)

    async def remove_due(self) -> None:
        """Removes in the archive what is due, until nothing is or the archive is away."""
        await self._unless_paused(self._remove_due)

    async def purge(self) -> None:
        """Removes local files that are old enough and may go.

        Where the store hands files over, each machine's cache has its own rule (`storage.cache`).
        """
        if handover.is_by_store():
            return
        walk = Round()
        try:
            while not walk.is_over:
                await self._threads.run(partial(with_connection, walk.go_on))
        except ANY_ERROR:
            raise
        except StorageUnavailable as error:
            logger.warning("purge stopped, trying again", extra={"reason": error.message})
        except Exception:
            logger.exception("purge failed, trying again")
        if walk.purged.images:
            extra = {"images": walk.purged.images, "bytes": walk.purged.size}
            logger.info("local files purged", extra=extra)
        await bus.hint(walk.seqs)

    async def fetch(self, claim: Claim) -> None:
        """Brings back the local files that a claim needs, as far as the archive has them.

        Raises:
            StorageUnavailable: it does not answer now.
        """
        wanted = {claim.image_id: claim.image_path}
        wanted |= {int(claim.params[name]): key for name, key in claim.images.items() if key}
        await self.fetch_originals(wanted, is_purged=claim.is_purged)

    async def fetch_originals(self, wanted: dict[int, str], *, is_purged: bool) -> None:
        """Brings originals back, by the ids and keys of their images; whether some are purged.

        Raises:
            StorageUnavailable: the archive does not answer now.
        """
        if not object_store.is_configured():
            return
        missing = [pk for pk, key in wanted.items() if not local.path_of(key).is_file()]
        try:
            if missing:
                await self._bring_back(await in_database(_originals, missing))
            if is_purged:
                await in_database(archive_reading.note_fetched, list(wanted))
        except ANY_ERROR:
            raise StorageUnavailable("The database does not answer: try again.") from None

    async def _bring_back(self, files: list[tuple[int, str, str]]) -> None:
        if time.monotonic() < self._fetches_after:
            # At once: what needs nothing from the archive would wait for a place meanwhile.
            raise StorageUnavailable("The archive does not answer.")
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                for image_id, key, sha256 in files:
                    # Noted by whoever fetches: nobody may wait any more when it is there.
                    await self._fetchers.run(partial(_fetched, image_id, key, sha256))
        except (TimeoutError, StorageUnavailable) as error:
            self._fetches_after = time.monotonic() + FETCH_PAUSE_SECONDS
            raise StorageUnavailable("The archive does not answer.") from error

    async def _unless_paused(self, work: Callable[[], Awaitable[None]]) -> None:
        if not object_store.is_configured() or time.monotonic() < self._paused_until:
            return
        try:
            if problem := await self._threads.run(partial(with_connection, archive_marker.problem)):
                self._pause(problem)
                return
            await work()
        except ANY_ERROR:
            raise
        except StorageUnavailable as error:
            self._pause(error.message)
        except Exception:
            # A defect of ours; what else a worker does goes on.
            logger.exception("archiving failed, trying again")
            self._pause("a defect")

    async def _copy_due(self) -> None:
        if self._enlisted is not None:
            self._enlisted = await in_database(archive.enlist, self._enlisted, _ENLISTED_A_ROUND)
        while tasks := await in_database(archive.take, settings.ARCHIVE_AT_A_TIME):
            if not await self._copy(tasks):
                return

    async def _copy(self, tasks: list[Task]) -> bool:
        """Copies these; whether the archive answered."""
        copying = {
            task: asyncio.create_task(self._threads.run(partial(_copied, task))) for task in tasks
        }
        renewed_after = archive.lease().total_seconds() / 3
        waiting = set(copying.values())
        while waiting:
            _, waiting = await asyncio.wait(waiting, timeout=renewed_after)
            left = [task for task, work in copying.items() if not work.done()]
            if left:
                await in_database(archive.renew, left)
        outcomes: list[Copied | NotCopied] = []
        failed: list[Task] = []
        for task, work in copying.items():
            outcome = work.result()
            if isinstance(outcome, StorageUnavailable):
                failed.append(task)
                failures.archive_away.inc()
                self._pause(f"{outcome.message} ({task.key})")
            else:
                outcomes.append(outcome)
                is_copied = isinstance(outcome, Copied)
                (failures.archive_copied if is_copied else failures.archive_refused).inc()
        if failed:
            await in_database(archive.give_back, failed, archive.AT_ONCE)
        else:
            self._pause_seconds = 0.0
        if outcomes:
            await bus.hint(await in_database(archive.finish, outcomes))
        return not failed

    async def _remove_due(self) -> None:
        while taken := await in_database(removal.take_archived, _REMOVED_AT_A_TIME):
            failed: StorageUnavailable | None = None
            for removal_id, prefix, ordered_at in taken:
                try:
                    await self._threads.run(partial(_remove, prefix))
                except StorageUnavailable as error:
                    # One that may not be removed holds up no other.
                    failed = error
                else:
                    await in_database(removal.note_removed_from_archive, removal_id, ordered_at)
            if failed is not None:
                raise failed

    def _pause(self, reason: str) -> None:
        if time.monotonic() < self._paused_until:
            return
        longest = archive.lease().total_seconds()
        longer = min(longest, max(FIRST_PAUSE_SECONDS, self._pause_seconds * 2))
        self._pause_seconds = longer
        self._paused_until = time.monotonic() + longer * (1 + random.random() / 4)
        extra = {"reason": reason, "seconds": round(longer)}
        logger.warning("archive away, its work pauses", extra=extra)


def _copied(task: Task) -> Copied | NotCopied | StorageUnavailable:
    try:
        return archive.copy(task, object_store.store())
    except StorageUnavailable as error:
        return error
    except Exception as error:
        # A defect of ours; the file keeps no other from being copied.
        logger.exception("copy failed", extra={"key": task.key})
        return NotCopied(task, str(error))


def _remove(prefix: str) -> None:
    store = object_store.store()
    store.remove(f"{prefix}/")
    store.delete(prefix)


def _originals(image_ids: list[int]) -> list[tuple[int, str, str]]:
    rows = Image.objects.filter(pk__in=image_ids).exclude(image_path="")
    return list(rows.values_list("pk", "image_path", "sha256"))


def _fetched(image_id: int, key: str, sha256: str) -> None:
    archive_reading.fetch(key, sha256)
    with_connection(partial(archive_reading.note_fetched, [image_id]))
