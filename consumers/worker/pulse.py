"""What a worker does every second, in one visit to the database."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from consumers.database import TRANSIENT_DATABASE_ERRORS
from consumers.worker import housekeeping
from uploads.catalog import desired, drains, offers
from uploads.catalog.desired import DesiredState
from uploads.models import Worker
from uploads.queue import leases
from uploads.queue.held import Held, Tick

SIGN_SECONDS: Final = 3.0
"""A worker of which nothing has changed gives a sign of life so often: each is a write."""


@dataclass
class Beat:
    """What a worker learns, as far as it has come when a step fails."""

    tick: Tick = field(default_factory=lambda: Tick(frozenset(), frozenset()))
    desired: Mapping[str, DesiredState] | None = None
    """None: it was not read."""
    is_drained: bool | None = None
    """Whether it shall take nothing new; None: it was not read."""
    reaped: Mapping[int, int] = field(default_factory=dict)
    """The newest `seq` of every user of whom something was taken back from a dead worker."""


class Pulse:
    """One worker's."""

    def __init__(self) -> None:
        self._said: list[Any] = []
        self._said_at = 0.0

    def beat(self, learned: Beat, row: Worker, held: Sequence[Held], *, reaps: bool) -> None:
        """Renews the leases of what is held, reads what is commanded, and says that `row` lives.

        Takes back afterwards what dead workers held, if it `reaps`. What comes of it is noted in
        `learned` step by step, so that a step that fails takes nothing from those before it.

        Raises:
            DatabaseError, InterfaceError: the database is away, or refused one of the steps; then
                the others were done.
        """

        def renew() -> None:
            learned.tick = leases.tick(row.pk, held)

        def read() -> None:
            learned.desired = desired.desired_states()
            learned.is_drained = drains.is_asked(row.pk)

        def reap() -> None:
            learned.reaped = housekeeping.reap()

        _do_all(renew, read, lambda: self._give_sign(row), *([reap] if reaps else []))

    def _give_sign(self, row: Worker) -> None:
        now = time.monotonic()
        said = _worth_saying(row)
        if said != self._said or now >= self._said_at + SIGN_SECONDS:
            offers.heartbeat(row)
            self._said, self._said_at = said, now


def _do_all(*steps: Callable[[], None]) -> None:
    """Does one after the other: one that is refused keeps no other from being done."""
    refused: Exception | None = None
    for step in steps:
        try:
            step()
        except TRANSIENT_DATABASE_ERRORS:
            raise
        except Exception as error:
            refused = refused or error
    if refused:
        raise refused


def _worth_saying(row: Worker) -> list[Any]:
    """What others must learn of at once; how much memory is used can wait for the next sign."""
    versions = [{**one, "memory_bytes": None} for one in row.versions]
    addresses = (row.grpc_address, row.metrics_address)
    return [row.draining, row.holds, versions, row.observed, addresses]
