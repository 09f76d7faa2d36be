"""The worker's ear on the channel layer.

Messages only ring a bell: they are never work, so that what is prefetched, lost or repeated costs
nothing.
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
class Bell:
    """What a message can do to the worker: make it look at the database, now and not later."""

    ring: Callable[[], None]
    """There may be something to claim."""
    look: Callable[[], None]
    """Something it holds may have been called off, or its models be wanted otherwise."""


class InferenceConsumer(AsyncConsumer):  # type: ignore[misc]  # it has no types
    """The worker's ear on the channel layer: it rings the worker's bell, and no more."""

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Heeds a message; one that is not understood is noted and forgotten."""
        bell: Bell = self.scope["bell"]
        match message:
            case {"type": "join"}:
                await self.channel_layer.group_add(bus.WORKERS, self.channel_name)
            case {"type": "wake"}:
                bell.ring()
            case {"type": "cancel" | "reconcile"}:
                bell.look()
            case _:
                logger.warning("message ignored", extra={"message_type": message.get("type")})
