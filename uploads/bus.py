"""Messages that wake workers and sockets: the only file of this package that knows Channels.

Nothing here carries truth. Each message says "look at the database"; losing,
repeating or reordering it changes how soon somebody looks, never what they see.
"""

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
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


async def ask_to_reconcile() -> None:
    """The wanted state of a model has changed; workers would find out at their next ticks."""
    await _send(WORKERS, {"type": "reconcile"})


async def hint(seqs: Mapping[int, int]) -> None:
    """These users have events up to these numbers."""
    if seqs:
        await _send(SOCKETS, _news("hint", seqs))


async def progress(user_id: int, message: Mapping[str, Any]) -> None:
    """How far one of a user's predictions is: ephemeral."""
    await _send(SOCKETS, {"type": "progress", "user": user_id, "message": dict(message)})


def after_commit(
    *,
    seqs: Mapping[int, int] | None = None,
    wake: bool = False,
    cancel: bool = False,
    recheck: int | None = None,
    reconcile: bool = False,
) -> None:
    """Sends the named messages once the current transaction has committed (synchronous callers).

    `seqs`: these users have events up to these numbers. `wake`: and there may be something to
    claim. `cancel`: a running prediction was called off. `recheck`: this user's sign-ins may have
    ended. `reconcile`: the wanted state of a model has changed.
    """

    messages: list[tuple[str, dict[str, Any]]] = []
    if cancel:
        messages.append((WORKERS, {"type": "cancel"}))
    if recheck is not None:
        messages.append((SOCKETS, {"type": "recheck", "user": recheck}))
    if reconcile:
        messages.append((WORKERS, {"type": "reconcile"}))
    if wake:
        messages.append((EVERYBODY, _news("wake", seqs or {})))
    elif seqs:
        messages.append((SOCKETS, _news("hint", seqs)))
    transaction.on_commit(partial(_tell, messages))


def _news(kind: str, seqs: Mapping[int, int]) -> dict[str, Any]:
    """These users have events up to these numbers."""
    return {"type": kind, "seqs": list(seqs.items())}


def _tell(messages: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Sends these at once where the layer can, and else without waiting."""
    at_once = getattr(get_channel_layer(), "group_send_at_once", None)
    left = [one for one in messages if at_once is None or not at_once(*one)]
    if left:
        _start(left)


def _start(messages: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Sends from the loop that this thread works for, where there is one."""

    async def send() -> None:
        for group, message in messages:
            await _send(group, message)

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
