"""Synchronous views under an asynchronous server: so many at a time, no connection left open."""

import asyncio
from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")

MAX_AT_A_TIME: Final = 64
"""Each has a database connection, and with SQLite some file descriptors, while it runs."""

# A semaphore belongs to one event loop.
_room: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]] = WeakKeyDictionary()


async def in_thread(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs a call that may talk to the database in its request's thread, when there is room.

    Its connection is given back at its end: the request may yet wait or send for a long time.
    """
    room = _room.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(MAX_AT_A_TIME))
    async with room:
        return await sync_to_async(_run)(call, *args, **kwargs)


def _run(call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    try:
        return call(*args, **kwargs)
    finally:
        give_back_connections()


def give_back_connections() -> None:
    """Lets go of this thread's connections to the database, unless a transaction goes on."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
