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
SOCKETS: Final = "sockets"
"""The group of processes with sockets: one message for each, whosever events it tells of."""
EVERYBODY: Final = "everybody"
"""Both."""

_sending: Final[set[asyncio.Task[None]]] = set()
"""A loop itself keeps no task alive."""


async def wake_workers(seqs: Mapping[int, int]) -> None:
    """There may be something to claim; and these users have events up to these numbers."""
    await _send(EVERYBODY, {"type": "wake", "seqs": list(seqs.items())})


async def ask_to_cancel() -> None:
    """Somebody called a running prediction off; its worker would find out at its next tick."""
    await _send(WORKERS, {"type": "cancel"})


async def ask_to_reconcile() -> None:
    """The wanted state of a model has changed; workers would find out at their next ticks."""
    await _send(WORKERS, {"type": "reconcile"})


async def hint(seqs: Mapping[int, int]) -> None:
    """These users have events up to these numbers."""
    if seqs:
        await _send(SOCKETS, {"type": "hint", "seqs": list(seqs.items())})


async def progress(user_id: int, message: Mapping[str, Any]) -> None:
    """How far one of a user's predictions is: ephemeral."""
    await _send(SOCKETS, {"type": "progress", "user": user_id, "message": dict(message)})


async def recheck_authority(user_id: int) -> None:
    """This user's sign-ins may have ended: sockets ask the database."""
    await _send(SOCKETS, {"type": "recheck", "user": user_id})


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
        if cancel:
            await ask_to_cancel()
        if recheck is not None:
            await recheck_authority(recheck)
        if reconcile:
            await ask_to_reconcile()
        await (wake_workers(seqs or {}) if wake else hint(seqs or {}))

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
