"""Redis' publish and subscribe for one event loop: a connection sends, and another one listens."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from redis.asyncio.connection import AbstractConnection, ConnectionPool
from redis.exceptions import RedisError

from consumers.metrics import failures

logger = logging.getLogger("darkroom.layer")

RESUMED: Final = {"type": "resumed"}
"""What everybody receives after messages may have been missed."""
TROUBLE: Final = (RedisError, OSError, TimeoutError)

MAX_BACK_OFF_SECONDS: Final = 2.0
CONNECT_SECONDS: Final = 5.0
SILENCE_SECONDS: Final = 15.0
"""After so long without a word Redis is asked whether it is still there."""


class Sender:
    """Commands, some together, one lot after the other."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._connection: AbstractConnection | None = None
        self._lock = asyncio.Lock()

    async def command(self, *parts: str) -> Any:
        """What Redis answers to one; raises as `commands`."""
        return (await self.commands([parts]))[0]

    async def commands(self, commands: Sequence[tuple[str, ...]]) -> list[Any]:
        """What Redis answers to each; asked again where it had closed the connection meanwhile.

        Raises:
            RedisError, OSError: it is away.
        """
        async with self._lock:
            is_fresh = self._connection is None
            try:
                return await self._exchange(commands)
            except TROUBLE:
                if is_fresh:
                    raise
                return await self._exchange(commands)

    async def _exchange(self, commands: Sequence[tuple[str, ...]]) -> list[Any]:
        connection, self._connection = self._connection, None
        if connection is None:
            connection = _new(self._pool)
        try:
            await connection.connect()  # type: ignore[no-untyped-call]
            packed = connection.pack_commands(commands)
            await connection.send_packed_command(packed, check_health=False)
            answers = [await connection.read_response() for _ in commands]
        except BaseException:
            # Also where it was canceled: what is not read now would be the next one's answer.
            await connection.disconnect(nowait=True)
            raise
        self._connection = connection
        return answers


class Subscriptions:
    """What this process listens to, and its messages until they are received."""

    def __init__(self, pool: ConnectionPool, capacity: int) -> None:
        self._pool = pool
        self._capacity = capacity
        self._connection: AbstractConnection | None = None
        self._listening: asyncio.Task[None] | None = None
        self._members: dict[str, set[str]] = {}
        """By what Redis calls a channel, who here gets its messages."""
        self._queues: dict[str, asyncio.Queue[dict[str, Any]]] = {}
        self._confirmed: dict[str, asyncio.Event] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._was_away = False
        """Whether messages may have been missed of which nobody here has been told yet."""

    def join(self, key: str, member: str) -> bool:
        """Has this member get what is published under `key`, once that is heard; whether it is new.

        While Redis is away it begins to be heard as soon as it is back.
        """
        members = self._members.setdefault(key, set())
        is_new = member not in members
        members.add(member)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        if key not in self._confirmed:
            self._confirmed[key] = asyncio.Event()
            self._ask("SUBSCRIBE", key)
        return is_new

    async def until_heard(self, key: str) -> None:
        """Waits until Redis has confirmed that messages for `key`, which was joined, come here."""
        if confirmed := self._confirmed.get(key):
            await confirmed.wait()

    def leave(self, key: str, member: str) -> None:
        """Has this member get nothing more of it."""
        members = self._members.get(key, set())
        members.discard(member)
        if members or self._members.pop(key, None) is None:
            return
        self._confirmed.pop(key, None)
        self._ask("UNSUBSCRIBE", key)

    async def next(self, member: str) -> dict[str, Any]:
        """The next message for this member, which ends by being canceled."""
        if member not in self._queues:
            self._queues[member] = asyncio.Queue(self._capacity)
        try:
            return await self._queues[member].get()
        except asyncio.CancelledError:
            self._queues.pop(member, None)
            raise

    def _ask(self, *command: str) -> None:
        """Sends this to Redis if it is there: what listens begins anew with all keys."""
        if self._connection is not None:
            asking = asyncio.create_task(_sent(self._connection, *command))
            self._asking.add(asking)
            asking.add_done_callback(self._asking.discard)

    async def _listen(self) -> None:
        """Listens as long as the process lives, through every absence of Redis."""
        pause = 0.1
        while True:
            connection = _new(self._pool)
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    await connection.connect()  # type: ignore[no-untyped-call]
                for key in self._members:
                    self._confirmed.setdefault(key, asyncio.Event())
                self._connection = connection
                if self._confirmed:
                    await connection.send_command("SUBSCRIBE", *self._confirmed, check_health=False)
                pause = 0.1
                await self._read(connection)
            except TROUBLE as error:
                failures.receive_interrupted.inc()
                logger.info("receive interrupted", extra={"reason": type(error).__name__})
            except Exception:
                # Every reader of the process depends on this going on.
                failures.receive_interrupted.inc()
                logger.exception("receive interrupted")
            finally:
                self._connection, self._was_away = None, True
                for confirmed in self._confirmed.values():
                    confirmed.clear()
                await connection.disconnect(nowait=True)
            await asyncio.sleep(pause)
            pause = min(pause * 2, MAX_BACK_OFF_SECONDS)

    async def _read(self, connection: AbstractConnection) -> None:
        is_asked = False
        while True:
            answer = await connection.read_response(timeout=SILENCE_SECONDS)
            if answer is not None:
                is_asked = False
                self._take(answer)
            elif is_asked:
                raise TimeoutError
            else:
                is_asked = True
                await connection.send_command("PING", check_health=False)

    def _take(self, answer: list[Any]) -> None:
        match answer:
            case [b"message", bytes(key), bytes(body)]:
                self._deliver(key.decode(), json.loads(body))
            case [b"subscribe", bytes(key), _]:
                if confirmed := self._confirmed.get(key.decode()):
                    confirmed.set()
                    self._resume()
            case _:
                pass

    def _deliver(self, key: str, message: dict[str, Any]) -> None:
        for member in self._members.get(key, ()):
            if queue := self._queues.get(member):
                _put(queue, message)

    def _resume(self) -> None:
        """Tells everybody who listens, once all that was listened to is heard again."""
        if self._was_away and all(one.is_set() for one in self._confirmed.values()):
            self._was_away = False
            for queue in self._queues.values():
                _put(queue, RESUMED)


def _put(queue: asyncio.Queue[dict[str, Any]], message: dict[str, Any]) -> None:
    if queue.full():
        # It reads too slowly, and any later message says as much as this one.
        queue.get_nowait()
    queue.put_nowait(message)


async def _sent(connection: AbstractConnection, *command: str) -> None:
    with contextlib.suppress(*TROUBLE):
        await connection.send_command(*command, check_health=False)


def pool_of(settings: Mapping[str, Any]) -> ConnectionPool:
    """Where connections come from; `address` is Redis' URL, the rest is redis-py's."""
    options = {name: value for name, value in settings.items() if name != "address"}
    # No time-outs of its own, which cost a timer each: who sends and who listens have theirs.
    return ConnectionPool.from_url(settings["address"], protocol=2, socket_timeout=None, **options)


def _new(pool: ConnectionPool) -> AbstractConnection:
    connection: AbstractConnection = pool.make_connection()  # type: ignore[no-untyped-call]
    return connection
