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

    def loaded(self, model: str, version: str) -> int:
        """How many instances are loaded."""


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
    deferred: Sequence[VersionKey] = ()
    """Of these a suspect is next, which could not begin at once."""


def rooms(
    engine: HasRoom,
    versions: Sequence[VersionKey],
    fetching: Mapping[VersionKey, int],
    suspects: Mapping[VersionKey, int],
) -> list[Room]:
    """For whom the engine would take how much now, by version.

    `fetching` is what is claimed of each version and not handed to the engine yet, `suspects` how
    many suspects are held of it.
    """
    found = []
    for key in versions:
        already = fetching.get(key, 0)
        limit, who = engine.capacity(*key) - already, Who.ANYBODY
        if limit < 1:
            limit, who = engine.capacity(*key, reserved=True) - already, Who.UNSERVED
        if limit > 0:
            free = max(0, engine.loaded(*key) - suspects.get(key, 0))
            found.append(Room(*key, limit, who, suspects=free))
    return found


def claim(worker: str, rooms: Sequence[Room]) -> Taken:
    """Takes what waits for these rooms, all in one transaction, which begins only if any does.

    What a worker dies with counts against it, so a suspect is taken only where it can begin.
    """
    turns, deferred = [], []
    for turn in leases.turns(rooms):
        if turn.suspect and not turn.room.suspects:
            deferred.append((turn.room.model, turn.room.version))
        else:
            turns.append(turn)
    if not turns:
        return Taken(deferred=deferred)
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
        deferred=deferred,
    )
