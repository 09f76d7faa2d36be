"""Writes how attempts ended, whatever the database says in between."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from consumers.database import TRANSIENT_DATABASE_ERRORS, in_database
from consumers.metrics import failures
from inference.engine.errors import InvalidOutput
from uploads import bus, events
from uploads.queue import lifecycle
from uploads.queue.endings import Ending, Failure
from uploads.queue.held import Attempt
from uploads.queue.retry import Blame

logger = logging.getLogger("darkroom.pipeline")

WRITE_RETRY_SECONDS: Final = 1.0
MAX_REFUSALS: Final = 30
"""So often an ending is tried that the database refuses in any form; then its lease runs out."""

Written = Callable[[Sequence[Ending], Mapping[int, int]], Awaitable[None]]
"""Called with endings that are written (or stale), and how far users' streams are told of."""
GivenUp = Callable[[Attempt], object]
"""Called with an attempt whose ending the database takes in no form."""
Told = Callable[[Attempt], dict[str, Any]]
"""What log lines say of an attempt."""


class EndingWriter:
    """One worker's."""

    def __init__(self, written: Written, given_up: GivenUp, told: Told) -> None:
        self._tell_written = written
        self._tell_given_up = given_up
        self._told = told
        self._endings: list[Ending] = []
        self._ended = asyncio.Event()
        self._written = asyncio.Event()
        self._written.set()
        self._refusals: Counter[Attempt] = Counter()

    def add(self, ending: Ending) -> None:
        """Has an ending written soon."""
        self._written.clear()
        self._endings.append(ending)
        self._ended.set()

    @property
    def has_some(self) -> bool:
        """Whether some are not written yet."""
        return not self._written.is_set()

    async def until_written(self) -> None:
        """Waits until none is left."""
        await self._written.wait()

    async def run(self) -> None:
        """Writes endings as they come, all that have come in one transaction. Never returns.

        While the database is away they wait. What it refuses is written one by one, and what it
        refuses then is that image's own failure.
        """
        while True:
            await self._ended.wait()
            self._ended.clear()
            endings, self._endings = self._endings, []
            left = await self._write(endings)
            self._endings = left + self._endings
            if left:
                await asyncio.sleep(WRITE_RETRY_SECONDS)
                self._ended.set()
            elif not self._endings:
                self._written.set()

    async def _write(self, endings: list[Ending]) -> list[Ending]:
        """Writes these; gives those that are to be tried again."""
        try:
            await self._record(endings)
        except TRANSIENT_DATABASE_ERRORS:
            logger.exception("endings not written, trying again", extra={"count": len(endings)})
            return endings
        except Exception:
            if len(endings) == 1:
                logger.exception("ending refused", extra=self._told(_attempt(endings[0])))
                return await self._write_refusal(endings[0])
            return [left for ending in endings for left in await self._write([ending])]
        return []

    async def _write_refusal(self, ending: Ending) -> list[Ending]:
        """Fails an image whose ending cannot be stored; gives the ending if that is not taken."""
        attempt = _attempt(ending)
        refused = InvalidOutput()
        failure = Failure(
            *(*attempt, Blame.IMAGE, refused.code, refused.message),
            thumbnail_path=ending.thumbnail_path,
            thumbhash=ending.thumbhash,
        )
        try:
            await self._record([failure])
        except TRANSIENT_DATABASE_ERRORS:
            return [ending]
        except Exception:
            logger.exception("failure not written", extra=self._told(attempt))
            self._refusals[attempt] += 1
            if self._refusals[attempt] <= MAX_REFUSALS:
                return [ending]
            self._tell_given_up(attempt)
        self._refusals.pop(attempt, None)
        return []

    async def _record(self, endings: list[Ending]) -> None:
        stale, seqs = await in_database(_finish, endings)
        failures.STALE_WRITES.inc(len(stale))
        for ending in endings:
            if ending.id in stale:
                logger.warning("stale write refused", extra=self._told(_attempt(ending)))
        await self._tell_written(endings, seqs)


def _attempt(ending: Ending) -> Attempt:
    return ending.id, ending.attempt


def _finish(endings: list[Ending]) -> tuple[list[int], dict[int, int]]:
    with events.writing() as log:
        stale = lifecycle.finish(endings, log)
    # By this thread and first of all: a user waits for it.
    bus.after_commit(seqs=log.seqs)
    events.tell(log.drafts)
    return stale, log.seqs
