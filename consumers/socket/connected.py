"""The sockets of this process, and what is looked up for all of them at once.

Hints make events arrive at once; the poll here makes them arrive at all when hints
are lost or Redis is gone. Places in the queue are told to those who watch, and only
when they have changed.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Final, Protocol

from consumers.database import ANY_ERROR, in_database
from uploads import events
from uploads.queue.standings import standings

logger = logging.getLogger("darkroom.sockets")

POLL_SECONDS: Final = 15.0
STANDINGS_SECONDS: Final = 2.0


class Listener(Protocol):
    """A socket of a signed-in user."""

    def told_up_to(self, seq: int) -> None:
        """The user's stream has reached `seq`."""

    async def tell(self, message: dict[str, Any]) -> None:
        """Something worth knowing now, and not worth repeating."""


class Connected:
    """Every signed-in socket of this process, by user."""

    def __init__(self) -> None:
        self.poll_seconds = POLL_SECONDS
        self.standings_seconds = STANDINGS_SECONDS
        self._by_user: dict[int, set[Listener]] = defaultdict(set)
        self._places: dict[Listener, dict[int, Hashable]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def count(self, user_id: int) -> int:
        """How many sockets this user has here."""
        return len(self._by_user.get(user_id, ()))

    def add(self, user_id: int, listener: Listener) -> None:
        """A socket has signed in."""
        self._by_user[user_id].add(listener)
        self._places[listener] = {}
        if not self._tasks:
            loop = asyncio.get_running_loop()
            self._tasks = [
                loop.create_task(self._every(lambda: self.poll_seconds, self._poll)),
                loop.create_task(self._every(lambda: self.standings_seconds, self._tell_places)),
            ]

    def remove(self, user_id: int, listener: Listener) -> None:
        """A socket is gone; with the last one the looking-up ends."""
        self._by_user[user_id].discard(listener)
        self._places.pop(listener, None)
        if not self._by_user[user_id]:
            del self._by_user[user_id]
        if not self._by_user:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    async def _every(
        self, seconds: Callable[[], float], look: Callable[[], Awaitable[None]]
    ) -> None:
        while True:
            await asyncio.sleep(seconds())
            try:
                await look()
            except ANY_ERROR as error:
                logger.info("reading events failed", extra={"reason": type(error).__name__})
            except Exception:
                # Every socket of the process depends on this going on.
                logger.exception("reading events failed")

    async def _poll(self) -> None:
        newest = await in_database(events.newest_seqs, list(self._by_user))
        for user_id, seq in newest.items():
            for listener in list(self._by_user.get(user_id, ())):
                listener.told_up_to(seq)

    async def _tell_places(self) -> None:
        found = await in_database(standings, list(self._by_user))
        for user_id, places in found.items():
            for listener in list(self._by_user.get(user_id, ())):
                if listener not in self._places:
                    continue
                known = self._places[listener]
                self._places[listener] = {one.prediction: one.place for one in places}
                for one in places:
                    if known.get(one.prediction) != one.place:
                        await listener.tell(one.as_message())


connected = Connected()
