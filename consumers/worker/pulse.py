"""What a worker does every second, in one visit to the database."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from consumers.worker import housekeeping
from uploads.catalog import desired, offers
from uploads.catalog.desired import DesiredState
from uploads.models import Worker
from uploads.queue import leases
from uploads.queue.held import Held, Tick

SIGN_SECONDS: Final = 3.0
"""A worker of which nothing has changed gives a sign of life so often: each is a write."""


@dataclass(frozen=True)
class Beat:
    """What a worker learns."""

    tick: Tick
    desired: Mapping[str, DesiredState]
    reaped: Mapping[int, int]
    """The newest `seq` of every user of whom something was taken back from a dead worker."""


class Pulse:
    """One worker's."""

    def __init__(self) -> None:
        self._said: list[Any] = []
        self._said_at = 0.0

    def beat(self, row: Worker, held: Sequence[Held], *, reaps: bool) -> Beat:
        """Renews the leases of what is held, reads what is commanded, and says that `row` lives.

        Takes back afterwards what dead workers held, if it `reaps`.
        """
        tick = leases.tick(row.pk, held)
        commanded = desired.desired_states()
        self._give_sign(row)
        return Beat(tick, commanded, housekeeping.reap() if reaps else {})

    def _give_sign(self, row: Worker) -> None:
        now = time.monotonic()
        said = _worth_saying(row)
        if said != self._said or now >= self._said_at + SIGN_SECONDS:
            offers.heartbeat(row)
            self._said, self._said_at = said, now


def _worth_saying(row: Worker) -> list[Any]:
    """What others must learn of at once; how much memory is used can wait for the next sign."""
    versions = [{**one, "memory_bytes": None} for one in row.versions]
    addresses = (row.grpc_address, row.metrics_address)
    return [row.draining, row.holds, versions, row.observed, addresses]
