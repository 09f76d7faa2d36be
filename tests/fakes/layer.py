"""A channel layer that keeps the promise of channel layers and not a bit more."""

import asyncio
import random
from typing import Any

from channels.layers import InMemoryChannelLayer


class LossyChannelLayer(InMemoryChannelLayer):  # type: ignore[misc]  # it has no types
    """Drops half of all messages, repeats a fifth of the others and delays them a little.

    Whatever passes over it passes over any channel layer: at most once is all they
    promise. The tests' default.
    """

    drop, repeat, delay_seconds = 0.5, 0.2, 0.02

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        if random.random() < self.drop:
            return
        await asyncio.sleep(random.random() * self.delay_seconds)
        await super().group_send(group, message)
        if random.random() < self.repeat:
            await super().group_send(group, message)

    async def answers(self) -> bool:
        return True


class FaithfulChannelLayer(LossyChannelLayer):
    """Delivers everything once: for tests of the messages themselves."""

    drop, repeat, delay_seconds = 0.0, 0.0, 0.0
