"""Commands to Redis from threads, which wait neither for an event loop's turn nor for Redis."""

import threading
from collections.abc import Mapping
from typing import Any, Final

from redis.connection import AbstractConnection, ConnectionPool
from redis.exceptions import RedisError

TIMEOUT_SECONDS: Final = 0.1
"""So long a thread waits for a connection, or for room in it: it has something to answer."""


class ThreadSender:
    """One connection, for one thread at a time."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """`address` is Redis' URL, the rest is redis-py's; nothing is connected yet."""
        self._pool: Any = ConnectionPool.from_url(
            settings["address"],
            protocol=2,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
        )
        self._connection: AbstractConnection | None = None
        self._lock = threading.Lock()

    def command(self, *parts: str) -> bool:
        """Has Redis do this, also where it had closed the connection meanwhile.

        What it answers is not waited for, and thrown away before the next command. False: it was
        not asked, since another thread's command is under way.

        Raises:
            RedisError, OSError: it is away, or has not taken commands for a while.
        """
        if not self._lock.acquire(blocking=False):
            return False
        try:
            is_fresh = self._connection is None
            try:
                self._send(parts)
            except (RedisError, OSError):
                if is_fresh:
                    raise
                self._send(parts)
        finally:
            self._lock.release()
        return True

    def _send(self, parts: tuple[str, ...]) -> None:
        connection: Any = self._connection or self._pool.make_connection()
        self._connection = None
        try:
            connection.connect()
            # Here it shows, too, that Redis has closed the connection.
            while connection.can_read(timeout=0):
                connection.read_response()
            connection.send_command(*parts, check_health=False)
        except BaseException:
            connection.disconnect()
            raise
        self._connection = connection
