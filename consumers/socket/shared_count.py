"""How many sockets a user has, over all web processes: each writes its own number into Redis.

A process that dies is no longer subscribed to its own group, which Redis sees at once, and what it
wrote counts no more; where its machine is cut off, once it has not been renewed. Numbers that were
lost come back with the next renewal. So a count may for a while be too low, and never too high.
"""

import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Final

from channels.layers import get_channel_layer

from consumers.layer import PubSubChannelLayer

logger = logging.getLogger("darkroom.sockets")

STALE_SECONDS: Final = 75
"""A number that is older counts no more: it is renewed every `connected.REJOIN_SECONDS`."""
_KEPT_SECONDS: Final = 4 * STALE_SECONDS
_COUNTED: Final = f"""
local now = tonumber(redis.call('TIME')[1])
local own, limit = tonumber(ARGV[2]), tonumber(ARGV[3])
local total, others, rows = own, {{}}, redis.call('HGETALL', KEYS[1])
for i = 1, #rows, 2 do
  local count, at = string.match(rows[i + 1], '(%d+) (%d+)')
  if rows[i] ~= ARGV[1] and count then
    if now - tonumber(at) > {STALE_SECONDS} then
      redis.call('HDEL', KEYS[1], rows[i])
    else
      total = total + tonumber(count)
      others[#others + 1] = rows[i]
    end
  end
end
if limit > 0 and total > limit then return others end
if own > 0 then
  redis.call('HSET', KEYS[1], ARGV[1], own .. ' ' .. now)
  redis.call('EXPIRE', KEYS[1], {_KEPT_SECONDS})
else
  redis.call('HDEL', KEYS[1], ARGV[1])
end
return false
"""
"""Writes a process's own number, unless it comes with a limit that all of them together exceed:
then it gives the names of the others that count."""


class SharedCount:
    """One process's part."""

    def __init__(self, layer: Callable[[], PubSubChannelLayer | None] | None = None) -> None:
        """`layer` gives the channel layer, by default the configured one; None: there is no
        Redis."""
        self._layer = layer or _configured
        self._process = uuid.uuid4().hex

    @property
    def group(self) -> str:
        """Whoever listens to it is this process: it is alive as long as somebody does."""
        return _group(self._process)

    async def admits(self, user_id: int, own: int, limit: int) -> bool:
        """Whether this user may have so many sockets here, beside those elsewhere; then it counts.

        While Redis is away nobody is refused for sockets of which nothing is known.
        """
        layer = self._layer()
        if layer is None:
            return True
        while others := await self._write(layer, user_id, own, limit):
            alive = await layer.listeners([_group(name) for name in others])
            if alive is None:
                return True
            dead = [name for name in others if not alive.get(_group(name))]
            if not dead:
                return False
            logger.info("sockets of dead processes not counted", extra={"count": len(dead)})
            await layer.ask("HDEL", _key(layer, user_id), *dead)
        return True

    async def renew(self, counts: Mapping[int, int]) -> None:
        """These users have so many sockets here; 0: none any more."""
        if layer := self._layer():
            for user_id, own in counts.items():
                await self._write(layer, user_id, own, limit=0)

    async def _write(
        self, layer: PubSubChannelLayer, user_id: int, own: int, limit: int
    ) -> list[str]:
        """The names of the others where there are too many; else nothing, and it is written."""
        answer = await layer.ask(
            "EVAL", _COUNTED, "1", _key(layer, user_id), self._process, str(own), str(limit)
        )
        return [name.decode() for name in answer] if answer else []


def _key(layer: PubSubChannelLayer, user_id: int) -> str:
    return f"{layer.prefix}:sockets:{user_id}"


def _group(process: str) -> str:
    return f"process.{process}"


def _configured() -> PubSubChannelLayer | None:
    layer = get_channel_layer()
    return layer if isinstance(layer, PubSubChannelLayer) else None
