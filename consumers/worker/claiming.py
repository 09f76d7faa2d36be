"""One look at the queue for everything that a worker has room for, and what it takes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from consumers.worker.jobs import with_images
from uploads import events
from uploads.queue import leases
from uploads.queue.held import Claim
from uploads.queue.leases import Room, Who
from uploads.storage import volume

VersionKey = tuple[str, str]
"""A model's name and version."""


class HasRoom(Protocol):
    """The part of the engine that says how much to claim."""

    def capacity(self, model: str, version: str, *, reserved: bool = False) -> int:
        """How many more jobs it would take now, or of people of whom nothing is running."""


@dataclass(frozen=True)
class Taken:
    """What one look gave."""

    claims: list[Claim] = field(default_factory=list)
    seqs: dict[int, int] = field(default_factory=dict)
    """The newest `seq` of every user whose predictions were taken."""
    problem: str = ""
    """Why nothing may be taken, although something waits: one sentence."""
    may_be_more: bool = False
    """Whether more may wait than was taken."""


def rooms(
    engine: HasRoom, versions: Sequence[VersionKey], held: Mapping[VersionKey, int]
) -> list[Room]:
    """For whom the engine would take how much now, by version, beside what is `held` for it."""
    found = []
    for model, version in versions:
        already = held.get((model, version), 0)
        room = Room(model, version, engine.capacity(model, version) - already)
        if room.limit < 1:
            limit = engine.capacity(model, version, reserved=True) - already
            room = Room(model, version, limit, Who.UNSERVED)
        if room.limit > 0:
            found.append(room)
    return found


def claim(worker: str, rooms: Sequence[Room]) -> Taken:
    """Takes what waits for these rooms, all in one transaction, which begins only if any does."""
    turns = leases.turns(rooms)
    if not turns:
        return Taken()
    if problem := volume.problem():
        return Taken(problem=problem)
    with events.recording() as log:
        batches = [leases.take(worker, turn, log) for turn in turns]
        # In the transaction: what cannot be read now is not taken either.
        claims = [
            claim
            for turn, batch in zip(turns, batches, strict=True)
            for claim in with_images(turn.room.model, turn.room.version, batch)
        ]
    return Taken(
        claims,
        log.seqs,
        may_be_more=any(
            turn.suspect or len(batch) >= turn.room.limit
            for turn, batch in zip(turns, batches, strict=True)
        ),
    )
