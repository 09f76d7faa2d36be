"""The sockets of this process, and what is looked up for all of them at once.

Messages make events arrive at once; they come to the process, once for all of its sockets. The
poll here makes events arrive at all when messages are lost or Redis is gone. Places in the queue
are told to those who watch, and only when they have changed; so it is told that the catalog has,
which is what many workers and commands make of it, and time.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import Any, Final, Protocol

from channels.layers import get_channel_layer

from consumers.database import ANY_ERROR, in_database
from consumers.socket.shared_count import SharedCount
from uploads import bus, replay
from uploads.api import catalog
from uploads.queue.standings import standings

logger = logging.getLogger("darkroom.sockets")

POLL_SECONDS: Final = 15.0
STANDINGS_SECONDS: Final = 2.0
REJOIN_SECONDS: Final = 30.0
CATALOG_SECONDS: Final = 2.0
HELD_BACK_SECONDS: Final = 0.025
"""What has been queued is told a little later: where it ends that soon, by the same look."""


class Listener(Protocol):
    """A socket of a signed-in user."""

    def told_up_to(self, seq: int) -> None:
        """The user's stream has reached `seq`."""

    async def tell(self, message: dict[str, Any]) -> None:
        """Something worth knowing now, and not worth repeating."""

    def recheck(self) -> None:
        """The user's sign-ins may have ended."""


class Connected:
    """Every signed-in socket of this process, by user."""

    def __init__(self) -> None:
        self.poll_seconds = POLL_SECONDS
        self.standings_seconds = STANDINGS_SECONDS
        self.catalog_seconds = CATALOG_SECONDS
        self._by_user: dict[int, set[Listener]] = defaultdict(set)
        self._places: dict[Listener, dict[int, Hashable]] = {}
        self._hear_of_models: set[Listener] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._channel = ""
        self._shared = SharedCount()
        self._held_back: dict[int, int] = {}
        """The newest `seq` of each user who is to be told in a moment."""
        self._telling: asyncio.TimerHandle | None = None

    def count(self, user_id: int) -> int:
        """How many sockets this user has here."""
        return len(self._by_user.get(user_id, ()))

    async def add(
        self, user_id: int, listener: Listener, limit: int, *, hears_of_models: bool = False
    ) -> bool:
        """A socket has signed in; what happens from now on is told to it, of models where asked.

        False: with it the user would have more than `limit` over all web processes; it is not
        added.
        """
        if (own := self.count(user_id) + 1) > limit:
            return False
        self._by_user[user_id].add(listener)
        self._places[listener] = {}
        if hears_of_models:
            self._hear_of_models.add(listener)
        if not self._tasks:
            layer = get_channel_layer()
            self._channel = "" if layer is None else await layer.new_channel()
        if not self._tasks:
            loop = asyncio.get_running_loop()
            self._tasks = [
                loop.create_task(self._listen(self._channel)),
                loop.create_task(self._every(lambda: self.poll_seconds, self._poll)),
                loop.create_task(self._every(lambda: self.standings_seconds, self._tell_places)),
                loop.create_task(self._watch_catalog()),
                # Redis may have been flushed: a membership is renewed, not trusted.
                loop.create_task(self._every(lambda: REJOIN_SECONDS, self._rejoin)),
            ]
        await self._join()
        is_admitted = await self._shared.admits(user_id, own, limit)
        if not is_admitted:
            await self.remove(user_id, listener)
        elif listener not in self._of(user_id):
            # It has gone meanwhile.
            await self._shared.renew({user_id: self.count(user_id)})
        return is_admitted

    async def remove(self, user_id: int, listener: Listener) -> None:
        """A socket is gone; with the last one the listening and looking-up ends."""
        self._by_user[user_id].discard(listener)
        self._places.pop(listener, None)
        self._hear_of_models.discard(listener)
        if not self._by_user[user_id]:
            del self._by_user[user_id]
        if self._by_user or not self._tasks:
            await self._shared.renew({user_id: self.count(user_id)})
            return
        for task in self._tasks:
            task.cancel()
        self._tasks = []
        if self._telling is not None:
            self._telling.cancel()
            self._telling, self._held_back = None, {}
        # By the time that it has left one group, a new socket may have made another channel.
        channel = self._channel
        if layer := get_channel_layer():
            for group in self._groups:
                await layer.group_discard(group, channel)
        await self._shared.renew({user_id: self.count(user_id)})

    @property
    def _groups(self) -> tuple[str, ...]:
        return (bus.SOCKETS, bus.EVERYBODY, self._shared.group)

    async def _rejoin(self) -> None:
        await self._join()
        await self._shared.renew({user: len(held) for user, held in self._by_user.items()})

    async def _join(self) -> None:
        if layer := get_channel_layer():
            for group in self._groups:
                await layer.group_add(group, self._channel)

    async def _listen(self, channel: str) -> None:
        layer = get_channel_layer()
        while layer is not None:
            try:
                await self._hear(await layer.receive(channel))
            except Exception:
                # Every socket of the process depends on this going on.
                logger.exception("message not passed on")
                await asyncio.sleep(1)

    async def _hear(self, message: dict[str, Any]) -> None:
        match message:
            case {"type": "wake", "seqs": seqs}:
                self._hold_back(dict(seqs))
            case {"type": "hint", "seqs": seqs}:
                self._pass_on(dict(seqs))
            case {"type": "resumed"}:
                await self._poll()
            case {"type": "progress", "user": user_id, "message": progress}:
                for listener in self._of(user_id):
                    await _tell(listener, progress)
            case {"type": "recheck", "user": user_id}:
                for listener in self._of(user_id):
                    listener.recheck()
            case _:
                logger.warning("message ignored", extra={"message_type": message.get("type")})

    def _hold_back(self, seqs: Mapping[int, int]) -> None:
        if seqs and self._telling is None:
            loop = asyncio.get_running_loop()
            self._telling = loop.call_later(HELD_BACK_SECONDS, self._tell_held_back)
        for user_id, seq in seqs.items():
            self._held_back[user_id] = max(seq, self._held_back.get(user_id, 0))

    def _tell_held_back(self) -> None:
        held, self._held_back, self._telling = self._held_back, {}, None
        self._pass_on(held)

    def _pass_on(self, seqs: Mapping[int, int]) -> None:
        for user_id, seq in seqs.items():
            for listener in self._of(user_id):
                listener.told_up_to(seq)

    def _of(self, user_id: int) -> list[Listener]:
        return list(self._by_user.get(user_id, ()))

    async def _every(
        self, seconds: Callable[[], float], look: Callable[[], Awaitable[None]]
    ) -> None:
        while True:
            await asyncio.sleep(seconds())
            await _try(look)

    async def _poll(self) -> None:
        self._pass_on(await in_database(replay.newest_seqs, list(self._by_user)))

    async def _tell_places(self) -> None:
        found = await in_database(standings, list(self._by_user))
        for user_id, places in found.items():
            for listener in self._of(user_id):
                if listener not in self._places:
                    continue
                known = self._places[listener]
                self._places[listener] = {one.prediction: one.place for one in places}
                for one in places:
                    if known.get(one.prediction) != one.place:
                        await _tell(listener, one.as_message())

    async def _watch_catalog(self) -> None:
        known: list[dict[str, Any]] | None = None

        async def look() -> None:
            nonlocal known
            before, known = known, await in_database(catalog.as_told)
            if before is not None and before != known:
                for listener in list(self._hear_of_models):
                    await _tell(listener, {"type": "models.changed"})

        # At once, since clients read the catalog when they are ready: what changes later is news.
        await _try(look)
        await self._every(lambda: self.catalog_seconds, look)


async def _try(look: Callable[[], Awaitable[None]]) -> None:
    try:
        await look()
    except ANY_ERROR as error:
        logger.info("reading events failed", extra={"reason": type(error).__name__})
    except Exception:
        # Every socket of the process depends on this going on.
        logger.exception("reading events failed")


async def _tell(listener: Listener, message: dict[str, Any]) -> None:
    """Tells one socket; one that is just closing must not keep the others waiting."""
    try:
        await listener.tell(message)
    except Exception as error:
        logger.info("socket not told", extra={"reason": type(error).__name__})


connected = Connected()
