"""Hints to users' sockets of what has begun: a little later, since its ending tells it as well."""

import asyncio
from collections.abc import Mapping
from typing import Final

from uploads import bus

HELD_BACK_SECONDS: Final = 0.05
"""What ends this soon is told with its beginning, by one message and one look."""


class Hints:
    """Tells users how far their streams are, each by one message for all that has come."""

    def __init__(self) -> None:
        self._seqs: dict[int, int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._sending: set[asyncio.Task[None]] = set()

    def soon(self, seqs: Mapping[int, int]) -> None:
        """Tells these users in a moment, unless something else is told before."""
        self._seqs = _newest(self._seqs, seqs)
        if self._seqs and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(HELD_BACK_SECONDS, self._begin)

    def told(self, seqs: Mapping[int, int]) -> None:
        """These users have been told so far, and of all before it."""
        self._seqs = {user: seq for user, seq in self._seqs.items() if seq > seqs.get(user, 0)}
        if self._timer is not None and not self._seqs:
            self._timer.cancel()
            self._timer = None

    def _begin(self) -> None:
        self._timer = None
        told, self._seqs = self._seqs, {}
        sending = asyncio.get_running_loop().create_task(bus.hint(told))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)


def _newest(some: Mapping[int, int], others: Mapping[int, int]) -> dict[int, int]:
    """The higher `seq` of each user: an older transaction may come to be told later."""
    return {user: max(some.get(user, 0), others.get(user, 0)) for user in {*some, *others}}
