"""Messages that wake workers and sockets: the only file of this package that knows Channels.

Nothing here carries truth. Each message says "look at the database"; losing,
repeating or reordering it changes how soon somebody looks, never what they see.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any, Final

from asgiref.sync import async_to_sync
from channels.exceptions import ChannelFull
from channels.layers import get_channel_layer
from django.db import transaction

from uploads.threads import calling_loop

logger = logging.getLogger("darkroom.bus")

WORKERS: Final = "workers"

_sending: Final[set[asyncio.Task[None]]] = set()
"""A loop itself keeps no task alive."""


def user_group(user_id: int) -> str:
    """The group of everything that listens for one user."""
    return f"user.{user_id}"


async def wake_workers() -> None:
    """There may be something to claim."""
    await _send(WORKERS, {"type": "wake"})


async def ask_to_cancel() -> None:
    """Somebody called a running prediction off; its worker would find out at its next tick."""
    await _send(WORKERS, {"type": "cancel"})


async def ask_to_reconcile() -> None:
    """The wanted state of a model has changed; workers would find out at their next ticks."""
    await _send(WORKERS, {"type": "reconcile"})


async def hint(seqs: Mapping[int, int]) -> None:
    """These users have events up to these numbers."""
    for user_id, seq in seqs.items():
        await _send(user_group(user_id), {"type": "hint", "seq": seq})


async def progress(user_id: int, message: Mapping[str, Any]) -> None:
    """How far one of a user's predictions is: ephemeral."""
    await _send(user_group(user_id), {"type": "progress", "message": dict(message)})


async def recheck_authority(user_id: int) -> None:
    """This user's sign-ins may have ended: sockets ask the database."""
    await _send(user_group(user_id), {"type": "recheck"})


def after_commit(
    *,
    seqs: Mapping[int, int] | None = None,
    wake: bool = False,
    cancel: bool = False,
    recheck: int | None = None,
    reconcile: bool = False,
) -> None:
    """Sends the named messages once the current transaction has committed (synchronous callers)."""

    async def send() -> None:
        if wake:
            await wake_workers()
        if cancel:
            await ask_to_cancel()
        if recheck is not None:
            await recheck_authority(recheck)
        if reconcile:
            await ask_to_reconcile()
        await hint(seqs or {})

    transaction.on_commit(partial(_start, send))


def _start(send: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Sends without waiting: from the loop that this thread works for, where there is one."""
    loop = calling_loop()
    if loop is None:
        async_to_sync(send)()
        return

    def begin() -> None:
        sending = loop.create_task(send())
        _sending.add(sending)
        sending.add_done_callback(_sending.discard)

    # A loop that is closing has nobody left to tell.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(begin)


async def _send(group: str, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        await layer.group_send(group, message)
    except (ChannelFull, OSError) as error:
        logger.info("hint not sent", extra={"group": group, "reason": str(error)})
