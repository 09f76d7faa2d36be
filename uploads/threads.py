"""Synchronous work under an asynchronous server: so many threads at most, and they stay.

A thread's connection to the database lives as long as the thread (with a pool of connections, as
long as a call): opening one for every request took more than the request's statements did.
"""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from typing import Any, Final, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from asgiref.sync import AsyncToSync, sync_to_async
from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")

MAX_AT_A_TIME: Final = 64
"""Each has a database connection, and with SQLite some file descriptors, while it runs."""

_executor: Final = ThreadPoolExecutor(MAX_AT_A_TIME, thread_name_prefix="request")

# A semaphore belongs to one event loop.
_room: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]] = WeakKeyDictionary()

_loop: Final[ContextVar[asyncio.AbstractEventLoop | None]] = ContextVar("_loop", default=None)


async def in_thread(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs a call that may talk to the database in a thread, when there is room.

    The thread is another's at its end: the request may yet wait or send for a long time. Whoever
    is canceled meanwhile is so once the call has ended, since it may read what they would close.
    """
    if getattr(AsyncToSync.executors, "current", None) is not None:
        # Synchronous code waits for this loop: its own thread has its transaction, and is free.
        return await sync_to_async(call)(*args, **kwargs)
    room = _room.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(MAX_AT_A_TIME))
    async with room:
        return await to_its_end(_executor, _run, call, args, kwargs)


async def to_its_end(executor: ThreadPoolExecutor, call: Callable[..., T], *args: Any) -> T:
    """As `run_in`; whoever is canceled meanwhile is so once the call has ended."""
    running = _begun(executor, call, *args)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await _ended(running)
        raise


async def _ended(running: "asyncio.Future[Any]") -> None:
    """Waits until this has ended, however often the waiting is canceled."""
    while not running.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([running])
    if not running.cancelled():
        running.exception()


async def run_in(executor: ThreadPoolExecutor, call: Callable[..., T], *args: Any) -> T:
    """Runs a call in one of these threads, with the caller's context; it finds `calling_loop`."""
    return await _begun(executor, call, *args)


def _begun(executor: ThreadPoolExecutor, call: Callable[..., T], *args: Any) -> "asyncio.Future[T]":
    """A call that has been handed to these threads: at once, and not in the loop's next turn."""
    loop = asyncio.get_running_loop()
    context = copy_context()
    context.run(_loop.set, loop)
    return loop.run_in_executor(executor, context.run, call, *args)


def calling_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop that awaits what runs in this thread; None: nobody does."""
    return _loop.get()


def _run(call: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
    try:
        return call(*args, **kwargs)
    finally:
        give_back_connections()


def give_back_connections() -> None:
    """Lets go of this thread's connections, as far as they are broken or belong to a pool."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
