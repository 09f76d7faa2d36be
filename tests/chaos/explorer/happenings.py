"""Everything that can happen next, in any world."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tests.chaos.explorer.delivery import Delivery
from tests.chaos.explorer.protocol import Protocol
from tests.chaos.explorer.state import DEAD, Hand, Worker, World
from tests.chaos.explorer.step import ENDINGS, Action, Happening, Name
from tests.chaos.explorer.succession import Succession
from uploads.states import MOVES, Move, State

_UNBOUNDED: Final = frozenset({Name.GIVE_BACK, Name.FAIL_BY_INFRASTRUCTURE})
"""No counter bounds these, so each costs a disturbance."""


@dataclass(frozen=True)
class System:
    """The rules of one exploration, right or broken."""

    protocol: Protocol = field(default_factory=Protocol)
    succession: Succession = field(default_factory=Succession)
    delivery: Delivery = field(default_factory=Delivery)

    def happenings(self, world: World) -> Iterator[Happening]:
        """Everything that can happen now, with the world after it."""
        for number, worker in enumerate(world.workers):
            if worker.paused:
                yield Action(Name.RESUME, number), _paused(world, number, paused=False)
            else:
                yield from self._work(world, number, worker)
            if world.disturbances:
                yield from _trouble(world, number, worker)
        yield from self._clock(world)
        if world.disturbances:
            yield from self._users(world)
        yield from self._bells(world)
        yield from self.protocol.commits(world)
        if world.newest > 1:
            yield from self.succession.happenings(world, self.protocol)
        if world.client is not None:
            yield from self.delivery.happenings(world, world.client)

    def _work(self, world: World, number: int, worker: Worker) -> Iterator[Happening]:
        rules = self.protocol
        for batch in _batches(world, worker, rules):
            yield Action(Name.CLAIM, number, batch), rules.claim(world, number, batch)
        if any(worker.hands) and not any(worker.answer):
            yield Action(Name.TICK, number), rules.tick(world, number)
        if any(worker.answer):
            yield Action(Name.APPLY, number), rules.apply(world, number)
        for p, hands in enumerate(worker.hands):
            for hand in hands if p not in rules.locked(world) else ():
                for name in _endings(world, hand):
                    before = world.disturbed() if name in _UNBOUNDED else world
                    after = rules.finish(before, name, number, p, hand.attempt)
                    yield Action(name, number, (p,), hand.attempt), after

    def _clock(self, world: World) -> Iterator[Happening]:
        rules = self.protocol
        for p, row in enumerate(world.rows):
            if p in rules.locked(world):
                continue
            if rules.has_run_out(world, p):
                yield (
                    Action(Name.EXPIRE, None, (p,)),
                    world.with_row(p, row._replace(expired=True)),
                )
            if rules.may_reap(row) and not all(worker.paused for worker in world.workers):
                yield Action(Name.REAP, None, (p,)), rules.reap(world, p)

    def _users(self, world: World) -> Iterator[Happening]:
        rules, after = self.protocol, world.disturbed()
        for p, row in enumerate(world.rows):
            if p in rules.locked(world):
                continue
            if (row.state, Move.CANCEL) in MOVES:
                yield Action(Name.CANCEL, None, (p,)), rules.cancel(after, p)
            if (row.state, Move.REQUEUE) in MOVES and rules.may_requeue(row):
                yield Action(Name.REQUEUE, None, (p,)), rules.requeue(after, p)
            if not row.deleted:
                yield Action(Name.DELETE, None, (p,)), rules.delete(after, p)

    def _bells(self, world: World) -> Iterator[Happening]:
        for p, under_way in enumerate(world.bells):
            if not under_way:
                continue
            silent = world.with_bell(p, False)
            yield Action(Name.WAKEUP_LOST, None, (p,)), silent
            for number, worker in enumerate(world.workers):
                if not worker.hands[p] or worker.paused:
                    continue
                hands = tuple(hand._replace(called_off=True) for hand in worker.hands[p])
                yield Action(Name.WAKEUP, number, (p,)), silent.with_hands(number, p, hands)
                if world.disturbances:
                    twice = world.disturbed().with_hands(number, p, hands)
                    yield Action(Name.WAKEUP_TWICE, number, (p,)), twice


def _batches(world: World, worker: Worker, rules: Protocol) -> Iterator[tuple[int, ...]]:
    """What one claim may take of a version: any one, or all together that are not suspect."""
    for version in (worker.version, worker.asked_for):
        queued = [
            p
            for p, row in enumerate(world.rows)
            if row.state is State.QUEUED and row.version == version and p not in rules.locked(world)
        ]
        yield from ((p,) for p in queued)
        together = tuple(p for p in queued if not world.rows[p].suspect)
        if len(together) > 1:
            yield together


def _endings(world: World, hand: Hand) -> Iterator[Name]:
    """What may become of an attempt; only one that was told to stop is stopped."""
    if hand.refused:
        yield Name.REFUSE
        return
    for name in ENDINGS:
        if name in _UNBOUNDED and not world.disturbances:
            continue
        if name is not Name.REFUSE and (name is not Name.STOP or hand.called_off):
            yield name


def _trouble(world: World, number: int, worker: Worker) -> Iterator[Happening]:
    """What can happen to a worker: killed (and replaced), or stopped for a while."""
    if not any(worker.hands) and all(draft.worker != number for draft in world.drafts):
        return
    dead = world.disturbed()
    for p, row in enumerate(world.rows):
        if row.owner == number:
            dead = dead.with_row(p, row._replace(owner=DEAD))
    nothing = ((),) * len(worker.hands)
    drafts = tuple(draft for draft in world.drafts if draft.worker != number)
    yield (
        Action(Name.CRASH, number),
        dead._replace(drafts=drafts).with_worker(
            number, Worker(nothing, nothing, version=world.newest)
        ),
    )
    if not worker.paused:
        yield Action(Name.PAUSE, number), _paused(world.disturbed(), number, paused=True)


def _paused(world: World, number: int, *, paused: bool) -> World:
    return world.with_worker(number, world.workers[number]._replace(paused=paused))
