"""Commands to Redis from threads, which wait neither for an event loop's turn nor for Redis."""

import contextlib
import threading
import time
from collections.abc import Mapping
from typing import Any, Final

from redis.connection import ConnectionPool
from redis.exceptions import RedisError

TIMEOUT_SECONDS: Final = 0.25
"""So long a thread waits for room in a connection."""
RECONNECT_SECONDS: Final = 2.0


class ThreadSender:
    """One connection, for one thread at a time, made by a thread of its own."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """`address` is Redis' URL, the rest is redis-py's; nothing is connected yet."""
        options = {name: value for name, value in settings.items() if name != "address"}
        self._pool: Any = ConnectionPool.from_url(
            settings["address"], protocol=2, socket_timeout=TIMEOUT_SECONDS, **options
        )
        self._connection: Any = None
        self._lock = threading.Lock()
        self._connecting: threading.Thread | None = None
        self._connects_after = 0.0

    def command(self, *parts: str) -> bool:
        """Has Redis do this; what it answers is thrown away before the next command.

        False: it is not asked. Another thread is asking, or there is no connection; one is being
        made for the next time.
        """
        if not self._lock.acquire(blocking=False):
            return False
        try:
            if self._connection is None:
                self._begin_connecting()
                return False
            return self._is_sent(parts)
        finally:
            self._lock.release()

    def _is_sent(self, parts: tuple[str, ...]) -> bool:
        try:
            # Here it shows, too, that Redis has closed the connection.
            while self._connection.can_read(timeout=0):
                self._connection.read_response()
            self._connection.send_command(*parts, check_health=False)
        except (RedisError, OSError):
            self._connection.disconnect()
            self._connection = None
            return False
        return True

    def _begin_connecting(self) -> None:
        now = time.monotonic()
        is_at_it = self._connecting is not None and self._connecting.is_alive()
        if is_at_it or now < self._connects_after:
            return
        self._connects_after = now + RECONNECT_SECONDS
        self._connecting = threading.Thread(target=self._connect, name="redis", daemon=True)
        self._connecting.start()

    def _connect(self) -> None:
        """It may take long, as when no name server answers: nobody waits for it."""
        connection = self._pool.make_connection()
        with contextlib.suppress(RedisError, OSError):
            connection.connect()
            with self._lock:
                self._connection = connection
