"""What a worker does so that every image soon has a thumbnail."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from consumers.database import ANY_ERROR, in_database
from consumers.worker.files import Files
from inference.engine.thumbnailer import Unmade
from uploads import bus
from uploads.errors import StorageUnavailable
from uploads.queue.held import Claim
from uploads.storage import keys, local, missing_thumbnails
from uploads.storage.missing_thumbnails import Task, Thumbnail

logger = logging.getLogger("darkroom.thumbnails")

ROUND_SECONDS: Final = 1.0
A_ROUND: Final = 8
"""So many are taken, and told of, at a time."""
HELD_BACK_SECONDS: Final = 0.5
"""What ends this soon after its decoding tells of its thumbnail by its ending."""


class Makes(Protocol):
    """The part of the engine's `Thumbnailer` that is needed here."""

    async def make(self, source: Path, page: int, thumbnail: Path, display: Path) -> str | Unmade:
        """Makes a thumbnail; gives its ThumbHash."""

    async def rest(self) -> None:
        """Nothing is wanted now."""

    async def close(self) -> None:
        """Nothing will be wanted any more."""


class WrittenThumbnails:
    """Tells of the thumbnails that running predictions have written, before those end."""

    def __init__(self, files: Files | None) -> None:
        """`files` brings them where everybody finds them; None: they are there."""
        self._files = files
        self._written: dict[int, tuple[Claim, str, float]] = {}
        """By the prediction's id, the oldest first, each with when it is to be told."""
        self._timer: asyncio.TimerHandle | None = None
        self._noting: set[asyncio.Task[None]] = set()

    def written(self, claim: Claim, thumbhash: str) -> None:
        """A running prediction has written its image's thumbnail."""
        due = asyncio.get_running_loop().time() + HELD_BACK_SECONDS
        self._written[claim.id] = claim, thumbhash, due
        self._wait()

    def ended(self, claim: Claim) -> None:
        """It has ended, which tells the same."""
        self._written.pop(claim.id, None)

    def _wait(self) -> None:
        if self._timer is None and self._written:
            _, _, due = next(iter(self._written.values()))
            self._timer = asyncio.get_running_loop().call_at(due, self._begin)

    def _begin(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        overdue = [pk for pk, (_, _, due) in self._written.items() if due <= now]
        if overdue:
            noting = asyncio.create_task(self._note([self._written.pop(pk) for pk in overdue]))
            self._noting.add(noting)
            noting.add_done_callback(self._noting.discard)
        self._wait()

    async def _note(self, written: Sequence[tuple[Claim, str, float]]) -> None:
        made = {
            claim.image_id: Thumbnail(
                keys.thumbnail_path(claim.upload_path, claim.image_id), thumbhash
            )
            for claim, thumbhash, _ in written
        }
        try:
            if self._files is not None:
                for thumbnail in made.values():
                    await self._files.deliver_thumbnail(thumbnail.path)
            seqs = await in_database(missing_thumbnails.note_made, made)
        except StorageUnavailable as error:  # their endings tell it
            logger.info("thumbnails not told early", extra={"reason": error.message})
        except Exception:
            logger.exception("thumbnails not told early", extra={"count": len(made)})
        else:
            await bus.hint(seqs)


class MissingThumbnails:
    """One worker's part in making what no prediction makes soon."""

    def __init__(self, maker: Makes, files: Files) -> None:
        self._maker = maker
        self._files = files

    async def make_due(self) -> None:
        """Makes what is due, until nothing is."""
        try:
            while tasks := await in_database(missing_thumbnails.take, A_ROUND):
                await self._make(tasks)
            await self._maker.rest()
        except ANY_ERROR:
            raise
        except Exception:
            # A defect of ours; what else a worker does goes on.
            logger.exception("thumbnails failed, trying again")

    async def close(self) -> None:
        """Makes no more."""
        await self._maker.close()

    async def _make(self, tasks: list[Task]) -> None:
        became = {task: await self._made(task) for task in tasks}

        def note() -> dict[int, int]:
            missing_thumbnails.note_impossible(_ids(became, Unmade.NEVER))
            missing_thumbnails.put_off(_ids(became, Unmade.NOT_NOW))
            return missing_thumbnails.note_made(
                {
                    task.image_id: Thumbnail(task.thumbnail_path, made)
                    for task, made in became.items()
                    if isinstance(made, str)
                }
            )

        await bus.hint(await in_database(note))

    async def _made(self, task: Task) -> str | Unmade:
        source = local.path_of(task.image_path)
        thumbnail = local.path_of(task.thumbnail_path)
        display = local.path_of(keys.display_path(task.thumbnail_path))
        original = self._files.original(task.image_id, task.image_path, is_purged=task.is_purged)
        try:
            async with original:
                made = await self._maker.make(source, task.page, thumbnail, display)
            if isinstance(made, str):
                await self._files.deliver_thumbnail(task.thumbnail_path)
        except StorageUnavailable:
            return Unmade.NOT_NOW
        if made is Unmade.NEVER:
            logger.info("no thumbnail can be made", extra={"image": task.image_id})
        return made


def _ids(became: dict[Task, str | Unmade], which: Unmade) -> list[int]:
    return [task.image_id for task, made in became.items() if made is which]
