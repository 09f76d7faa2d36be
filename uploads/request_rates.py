"""Requests a minute, counted for all processes together in Redis.

By the clock's minutes: two atomic commands a request, and no limit is overrun by many at once.
Without Redis nothing is counted: a limit is for fair shares, and not what keeps anybody out.
"""

import logging
import time
from typing import Final

from django.core.cache import cache
from redis.exceptions import RedisError

from uploads.errors import TooManyRequests

logger = logging.getLogger("darkroom.rates")

MINUTE: Final = 60


def count(what: str, whose: str, limit: int) -> None:
    """Counts one request of this kind; a limit of 0 is none.

    Raises:
        TooManyRequests: this minute's are used up; with the seconds until the next one.
    """
    if not limit:
        return
    now = time.time()
    key = f"requests:{what}:{whose}:{int(now // MINUTE)}"
    try:
        cache.add(key, 0, 2 * MINUTE)
        counted = cache.incr(key)
    except (RedisError, OSError, ValueError) as error:
        logger.warning("request not counted", extra={"what": what, "reason": str(error)})
        return
    if counted > limit:
        raise TooManyRequests(max(1, MINUTE - int(now % MINUTE)))
