"""What wakes the worker: messages on the channel layer.

They are never work themselves, so that a prefetched, lost or repeated message costs nothing.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from channels.consumer import AsyncConsumer

from uploads import bus

logger = logging.getLogger("darkroom.worker")

CHANNEL: Final = "inference"


@dataclass(frozen=True)
class Wakeup:
    """What a message can make the worker do: read the database now and not at its next tick."""

    claim: Callable[[], None]
    """There may be something to claim."""
    tick: Callable[[], None]
    """Something it holds may have been called off, or a model be loaded or unloaded."""


class InferenceConsumer(AsyncConsumer):  # type: ignore[misc]  # it has no types
    """The worker's consumer on the channel layer: it wakes the worker, and no more."""

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Acts on a message; one that is not understood is noted and forgotten."""
        wakeup: Wakeup = self.scope["wakeup"]
        match message:
            case {"type": "join"}:
                for group in (bus.WORKERS, bus.EVERYBODY):
                    await self.channel_layer.group_add(group, self.channel_name)
            case {"type": "wake" | "resumed"}:
                wakeup.claim()
            case {"type": "cancel" | "reconcile"}:
                wakeup.tick()
            case _:
                logger.warning("message ignored", extra={"message_type": message.get("type")})
