"""Copies files to the archive beside the models, and removes local ones that are old enough."""

import asyncio
import logging
import random
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

from django.conf import settings

from consumers.database import in_database
from uploads import bus
from uploads.errors import StorageUnavailable
from uploads.queue.held import Claim
from uploads.storage import archive, object_store
from uploads.storage.archive import Copied, NotCopied, Task
from uploads.storage.retention import Round

logger = logging.getLogger("darkroom.archive")

T = TypeVar("T")

ROUND_SECONDS: Final = 1.0
PURGE_SECONDS: Final = 60.0
FETCH_SECONDS: Final = 20.0
"""How long an image waits for its file before it is given back to the queue."""
FIRST_PAUSE_SECONDS: Final = 2.0
LONGEST_PAUSE_SECONDS: Final = 60.0
_RENEW_SECONDS: Final = archive.LEASE.total_seconds() / 3
_ENLISTED_A_ROUND: Final = 1000


class Archiver:
    """One worker's part in the archive. While that is away it pauses, longer each time."""

    def __init__(self) -> None:
        self._pause_seconds = 0.0
        self._paused_until = 0.0
        self._enlisted: int | None = 0
        """Images up to this id are noted for the archive; None: all that were there."""

    async def copy_due(self) -> None:
        """Copies what is due, until nothing is or the archive is away."""
        if not object_store.is_configured():
            return
        await self._enlist()
        while time.monotonic() >= self._paused_until:
            tasks = await in_database(archive.take, settings.ARCHIVE_AT_A_TIME)
            if not tasks or not await self._copy(tasks):
                return

    async def purge(self) -> None:
        """Removes local files that are old enough and may go."""
        walk = Round()
        try:
            while not walk.is_over:
                await in_database(walk.go_on)
        except StorageUnavailable as error:
            logger.warning("purge stopped, trying again", extra={"reason": error.message})
        if walk.purged.images:
            extra = {"images": walk.purged.images, "bytes": walk.purged.size}
            logger.info("local files purged", extra=extra)
        await bus.hint(walk.seqs)

    async def fetch(self, claim: Claim) -> None:
        """Brings back the local files that a claim needs, as far as the archive has them.

        Raises:
            StorageUnavailable: it does not answer now.
        """
        wanted = [(claim.image_path, claim.image_sha256)] if claim.is_purged else []
        wanted += [(key, "") for key in claim.images.values() if key]
        if not wanted or not object_store.is_configured():
            return
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                fetched = [
                    key
                    for key, sha256 in wanted
                    if await _in_thread(partial(archive.fetch, key, sha256))
                ]
        except TimeoutError:
            raise StorageUnavailable("The archive takes too long.") from None
        if fetched:
            await in_database(archive.note_fetched, claim.user_id, fetched)

    async def _enlist(self) -> None:
        if self._enlisted is not None:
            self._enlisted = await in_database(archive.enlist, self._enlisted, _ENLISTED_A_ROUND)

    async def _copy(self, tasks: list[Task]) -> bool:
        """Copies these; whether the archive answered."""
        copying = {task: asyncio.create_task(_in_thread(partial(_copied, task))) for task in tasks}
        waiting = set(copying.values())
        while waiting:
            _, waiting = await asyncio.wait(waiting, timeout=_RENEW_SECONDS)
            left = [task for task, work in copying.items() if not work.done()]
            if left:
                await in_database(archive.renew, left)
        outcomes: list[Copied | NotCopied] = []
        failed: list[Task] = []
        for task, work in copying.items():
            outcome = work.result()
            if isinstance(outcome, StorageUnavailable):
                failed.append(task)
                self._pause(outcome.message)
            else:
                outcomes.append(outcome)
        if failed:
            await in_database(archive.give_back, failed, archive.AT_ONCE)
        else:
            self._pause_seconds = 0.0
        if outcomes:
            await bus.hint(await in_database(archive.finish, outcomes))
        return not failed

    def _pause(self, reason: str) -> None:
        if time.monotonic() < self._paused_until:
            return
        longer = min(LONGEST_PAUSE_SECONDS, max(FIRST_PAUSE_SECONDS, self._pause_seconds * 2))
        self._pause_seconds = longer
        self._paused_until = time.monotonic() + longer * (1 + random.random() / 4)
        extra = {"reason": reason, "seconds": round(longer)}
        logger.warning("archive away, copying pauses", extra=extra)


def _copied(task: Task) -> Copied | NotCopied | StorageUnavailable:
    try:
        return archive.copy(task, object_store.store())
    except StorageUnavailable as error:
        return error
    except Exception as error:
        # A defect of ours; the file keeps no other from being copied.
        logger.exception("copy failed", extra={"key": task.key})
        return NotCopied(task, str(error))


async def _in_thread(call: Callable[[], T]) -> T:
    """Runs a call that may take long in a thread that keeps no process from ending."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def tell(result: T | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is None:
            done.set_result(result)  # type: ignore[arg-type]
        else:
            done.set_exception(error)

    def run() -> None:
        result, error = None, None
        try:
            result = call()
        except Exception as raised:
            error = raised
        try:
            loop.call_soon_threadsafe(tell, result, error)
        except RuntimeError:
            logger.info("copied after the worker had ended")

    threading.Thread(target=run, name="archive", daemon=True).start()
    return await done
