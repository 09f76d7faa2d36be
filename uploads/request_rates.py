"""Requests a minute, counted for all processes together in Redis.

By the clock's minutes: two atomic commands a request, and no limit is overrun by many at once.
Without Redis nothing is counted: a limit is for fair shares, and not what keeps anybody out.
"""

import logging
import time
from typing import Final

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from uploads.errors import TooManyRequests
from uploads.models import User

logger = logging.getLogger("darkroom.rates")

MINUTE: Final = 60


def of_uploads(user: User) -> int:
    """How many requests a minute this user may make that give models work; 0: no limit."""
    own = user.throttle_uploads
    return int(settings.THROTTLE_UPLOADS) if own is None else own


def of_v2(user: User) -> int:
    """How many this user may make by the Open Inference Protocol; 0: no limit."""
    return int(settings.THROTTLE_V2) if user.throttle_v2 is None else user.throttle_v2


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
