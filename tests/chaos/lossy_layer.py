"""Redis' channel layer, losing half and repeating a fifth of what is sent to groups."""

import asyncio
import random
from typing import Any

from consumers.layer import PubSubChannelLayer


class LossyRedisChannelLayer(PubSubChannelLayer):
    """At most once, taken at its word."""

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Sends, perhaps, late, and perhaps twice."""
        if random.random() < 0.5:
            return
        await asyncio.sleep(random.random() / 10)
        await super().group_send(group, message)
        if random.random() < 0.2:
            await super().group_send(group, message)

    def group_send_at_once(self, group: str, message: dict[str, Any]) -> bool:
        """Leaves it to an event loop, which loses half."""
        return False
