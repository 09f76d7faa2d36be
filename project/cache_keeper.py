"""Looks after the cache of a machine with a disk of its own, beside a web process."""

import logging
import time
from typing import NoReturn

from django.db import connections

from uploads.storage import cache_trimming

logger = logging.getLogger("darkroom.cache")


def keep_cache() -> NoReturn:
    """Keeps it within its size, and free of what was deleted; for a thread of its own."""
    while True:
        try:
            cache_trimming.keep()
        except Exception:
            # Whatever it is (most likely the database), requests go on.
            logger.exception("the cache was not looked after, trying again")
        finally:
            connections.close_all()
        time.sleep(cache_trimming.CACHE_SECONDS)
