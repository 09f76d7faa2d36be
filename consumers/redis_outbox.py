"""Messages on their way to Redis from one event loop: in order, and together where many wait."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from consumers.metrics import failures
from consumers.redis_link import TROUBLE, Sender

logger = logging.getLogger("darkroom.layer")

EXCHANGE_SECONDS: Final = 2.0
RETRY_SECONDS: Final = 1.0
MESSAGE_SECONDS: Final = 5.0
"""How old a message may become: by then whoever should have looked is about to do so anyway."""
TOGETHER: Final = 100


@dataclass(eq=False)
class _Message:
    command: tuple[str, ...]
    tried: asyncio.Future[None]
    put_at: float = field(default_factory=time.monotonic)


class Outbox:
    """What is put here is sent by one task; nobody has to wait for Redis.

    A process that has no time, as when models take every core, sends late: what it measures then
    says nothing about Redis. So what could not be sent is tried again, as long as it is young.
    """

    def __init__(self, sender: Sender, capacity: int) -> None:
        self._sender = sender
        self._capacity = capacity
        self._waiting: deque[_Message] = deque()
        self._sending: asyncio.Task[None] | None = None
        self.is_away = False
        """Whether Redis did not take what was sent last."""

    def put(self, *command: str) -> asyncio.Future[None]:
        """Has Redis do this; done as soon as that was tried. Of too many the oldest is dropped."""
        message = _Message(command, asyncio.get_running_loop().create_future())
        if len(self._waiting) >= self._capacity:
            self._drop_oldest()
        self._waiting.append(message)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send_all())
        return message.tried

    async def _send_all(self) -> None:
        while self._waiting:
            sent = list(islice(self._waiting, TOGETHER))
            await self._try(sent)
            for one in sent:
                if not one.tried.done():
                    one.tried.set_result(None)
            if self.is_away:
                await asyncio.sleep(RETRY_SECONDS)
                self._drop_old()

    async def _try(self, sent: Sequence[_Message]) -> None:
        try:
            async with asyncio.timeout(EXCHANGE_SECONDS):
                await self._sender.commands([one.command for one in sent])
        except TROUBLE as error:
            if not self.is_away:
                logger.info("messages kept for a moment", extra={"reason": type(error).__name__})
            self.is_away = True
            return
        self.is_away = False
        for one in sent:
            # Some may have been dropped meanwhile, the oldest first.
            if self._waiting and self._waiting[0] is one:
                self._waiting.popleft()

    def _drop_old(self) -> None:
        oldest = time.monotonic() - MESSAGE_SECONDS
        while self._waiting and self._waiting[0].put_at < oldest:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        dropped = self._waiting.popleft()
        if not dropped.tried.done():
            dropped.tried.set_result(None)
        failures.send_given_up.inc()
