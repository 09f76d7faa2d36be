"""The channel layer: Redis' publish and subscribe, for messages that may be lost.

Whatever passes here says "look at the database", so nothing is kept for anybody: by one command a
message reaches who listens at that moment. Redis may go away at any time. What listens goes on
listening, and is subscribed again as soon as it is back; sends give up soon.
"""

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

from channels.layers import BaseChannelLayer

from consumers.metrics import failures
from consumers.redis_link import TROUBLE, Sender, Subscriptions, pool_of
from consumers.redis_outbox import Outbox
from consumers.redis_thread_link import ThreadSender

logger = logging.getLogger("darkroom.layer")

SEND_TIMEOUT_SECONDS: Final = 0.25
BREAKER_SECONDS: Final = 2.0


class _Link:
    """One event loop's connections."""

    def __init__(self, redis: Mapping[str, Any], capacity: int) -> None:
        pool = pool_of(redis)
        self.sender = Sender(pool)
        self.outbox = Outbox(self.sender, capacity)
        self.subscriptions = Subscriptions(pool, capacity)


class PubSubChannelLayer(BaseChannelLayer):  # type: ignore[misc]  # it has no types
    """Channels' API for messages that may be lost; a consumer's own channel gets its groups' alone.

    A send is waited for 250 ms, and not at all while Redis is away: nothing here is worth holding
    a request or a batch up. Who reads too slowly loses the oldest messages.
    """

    extensions: Final = ("groups",)

    def __init__(
        self, hosts: Sequence[Mapping[str, Any]], prefix: str = "darkroom", capacity: int = 2000
    ) -> None:
        super().__init__(capacity=capacity)
        self._redis = hosts[0]
        self.prefix: Final = prefix
        """What the names of all that is in Redis begin with."""
        self._closed_until = 0.0
        self._links: WeakKeyDictionary[asyncio.AbstractEventLoop, _Link] = WeakKeyDictionary()
        self._from_threads = ThreadSender(self._redis)

    async def new_channel(self, prefix: str = "specific") -> str:
        """The name of a channel of this process."""
        return f"{prefix}.!{uuid.uuid4().hex}"

    async def receive(self, channel: str) -> dict[str, Any]:
        """The next message on this channel, however long Redis is away meanwhile.

        Once it is back there is one that says so: `{"type": "resumed"}`.
        """
        subscriptions = self._link().subscriptions
        if "!" not in channel and subscriptions.join(self._key(channel), channel):
            await self._briefly(lambda: subscriptions.until_heard(self._key(channel)))
        return await subscriptions.next(channel)

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        """Sends to whoever receives on a shared channel, soon."""
        await self._publish(self._key(channel), message)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Sends to a group, soon."""
        await self._publish(self._group_key(group), message)

    def group_send_at_once(self, group: str, message: dict[str, Any]) -> bool:
        """Sends to a group from a thread; False: an event loop has to send it.

        The loop would come to it after what else this thread does, which keeps the interpreter's
        lock from it.
        """
        if time.monotonic() < self._closed_until:
            return False
        return self._from_threads.command("PUBLISH", self._group_key(group), _body(message))

    async def group_add(self, group: str, channel: str) -> None:
        """Joins a group; while Redis is away, as soon as it is back."""
        subscriptions = self._link().subscriptions
        key = self._group_key(group)
        subscriptions.join(key, channel)
        await self._briefly(lambda: subscriptions.until_heard(key))

    async def group_discard(self, group: str, channel: str) -> None:
        """Leaves a group."""
        subscriptions = self._link().subscriptions
        subscriptions.leave(self._group_key(group), channel)

    async def ask(self, *command: str) -> Any:
        """What Redis answers; None also while it is away."""
        answers: list[Any] = []

        async def call() -> None:
            answers.append(await self._link().sender.command(*command))

        await self._briefly(call)
        return answers[0] if answers else None

    async def listeners(self, groups: Sequence[str]) -> dict[str, int] | None:
        """How many connections listen to each of these groups now; None: Redis is away."""
        keys = [self._group_key(group) for group in groups]
        answer = await self.ask("PUBSUB", "NUMSUB", *keys)
        return None if answer is None else dict(zip(groups, map(int, answer[1::2]), strict=True))

    async def answers(self) -> bool:
        """Whether Redis answers now."""
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                await self._link().sender.command("PING")
        except TROUBLE:
            return False
        return True

    def _key(self, channel: str) -> str:
        return f"{self.prefix}:{channel}"

    def _group_key(self, group: str) -> str:
        return f"{self.prefix}:group:{group}"

    def _link(self) -> _Link:
        loop = asyncio.get_running_loop()
        if loop not in self._links:
            self._links[loop] = _Link(self._redis, self.capacity)
        return self._links[loop]

    async def _publish(self, key: str, message: dict[str, Any]) -> None:
        outbox = self._link().outbox
        tried = outbox.put("PUBLISH", key, _body(message))
        if not outbox.is_away:
            await asyncio.wait([tried], timeout=SEND_TIMEOUT_SECONDS)

    async def _briefly(self, call: Callable[[], Awaitable[Any]]) -> None:
        if time.monotonic() < self._closed_until:
            failures.send_skipped.inc()
            return
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                await call()
        except TROUBLE as error:
            self._closed_until = time.monotonic() + BREAKER_SECONDS
            failures.send_given_up.inc()
            logger.info("send given up", extra={"reason": type(error).__name__})


def _body(message: dict[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":"))
