"""The channel layer over a Redis that may go away: waits go on, sends give up soon."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from channels_redis.core import RedisChannelLayer
from redis.exceptions import RedisError

from consumers.metrics import failures

logger = logging.getLogger("darkroom.layer")

SEND_TIMEOUT_SECONDS: Final = 0.25
BREAKER_SECONDS: Final = 2.0
MAX_BACK_OFF_SECONDS: Final = 2.0

_TROUBLE: Final = (RedisError, OSError, TimeoutError)


class ResilientRedisChannelLayer(RedisChannelLayer):  # type: ignore[misc]  # it has no types
    """channels_redis' layer for messages that may be lost.

    A receive goes on through a Redis that restarts, instead of ending its worker or
    its websocket. A send is given up after 250 ms, and while the breaker is open
    at once: nothing here is worth holding a request or a batch up.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._closed_until = 0.0

    async def receive(self, channel: str) -> dict[str, Any]:
        """The next message on this channel, however long Redis is away meanwhile."""
        pause = 0.1
        while True:
            try:
                message: dict[str, Any] = await super().receive(channel)
            except _TROUBLE as error:
                failures.receive_interrupted.inc()
                logger.info("receive interrupted", extra={"reason": type(error).__name__})
                await asyncio.sleep(pause)
                pause = min(pause * 2, MAX_BACK_OFF_SECONDS)
            else:
                return message

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        """Sends, or gives up."""
        await self._briefly(lambda: super(ResilientRedisChannelLayer, self).send(channel, message))

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Sends to a group, or gives up."""
        await self._briefly(
            lambda: super(ResilientRedisChannelLayer, self).group_send(group, message)
        )

    async def group_add(self, group: str, channel: str) -> None:
        """Joins a group, or gives up: members join again from time to time."""
        await self._briefly(
            lambda: super(ResilientRedisChannelLayer, self).group_add(group, channel)
        )

    async def group_discard(self, group: str, channel: str) -> None:
        """Leaves a group, or gives up: a membership ends by itself."""
        await self._briefly(
            lambda: super(ResilientRedisChannelLayer, self).group_discard(group, channel)
        )

    async def answers(self) -> bool:
        """Whether Redis answers now."""
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                return bool(await self.connection(0).ping())
        except _TROUBLE:
            return False

    async def _briefly(self, call: Callable[[], Awaitable[None]]) -> None:
        if time.monotonic() < self._closed_until:
            failures.send_skipped.inc()
            return
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                await call()
        except _TROUBLE as error:
            self._closed_until = time.monotonic() + BREAKER_SECONDS
            failures.send_given_up.inc()
            logger.info("send given up", extra={"reason": type(error).__name__})
