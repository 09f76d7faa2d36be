"""How a version replaces another: workers load and publish it, and what waits moves on.

After `uploads.catalog.offers`, `uploads.catalog.succession` and the worker's housekeeping. Left
out: parameters that do not fit the version that comes after.
"""

from collections.abc import Iterator

from tests.chaos.explorer.protocol import Protocol
from tests.chaos.explorer.state import Row, World
from tests.chaos.explorer.step import Action, Happening, Name
from uploads.queue.retry import Blame
from uploads.states import Move, State, after


class Succession:
    """The rules as they are meant."""

    def happenings(self, world: World, rules: Protocol) -> Iterator[Happening]:
        """What may happen next because a version replaces another."""
        for number, worker in enumerate(world.workers):
            if worker.paused:
                continue
            if worker.version != world.newest:
                yield Action(Name.LOAD, number), self.load(world, number)
            elif (published := self.publish(world, number, rules)) != world:
                yield Action(Name.PUBLISH, number), published
        for p, row in enumerate(world.rows):
            if row.version not in world.catalog and p not in rules.locked(world):
                yield from self._orphan(world, p, row, rules)

    def _orphan(self, world: World, p: int, row: Row, rules: Protocol) -> Iterator[Happening]:
        if self.may_move_on(row):
            yield Action(Name.MOVE_ON, None, (p,)), self.move_on(world, p, rules)
        elif row.state is State.QUEUED and row.named:
            yield Action(Name.END_ORPHAN, None, (p,)), self.end_orphan(world, p, rules)

    def load(self, world: World, number: int) -> World:
        """A worker serves the newest version from now on; what it is at finishes on the old one."""
        worker = world.workers[number]
        loaded = worker._replace(version=world.newest, asked_for=worker.version)
        return world.with_worker(number, loaded)

    def publish(self, world: World, number: int, _rules: Protocol) -> World:
        """A worker offers what it serves, and drops what no live worker serves any more."""
        served = {worker.version for worker in world.workers if not worker.paused}
        kept = served.intersection(world.catalog)
        return world._replace(catalog=tuple(sorted(kept | {world.workers[number].version})))

    def may_move_on(self, row: Row) -> bool:
        """Whether what has a version that is gone may be computed by another one."""
        return row.state is State.QUEUED and not row.named

    def move_on(self, world: World, p: int, rules: Protocol) -> World:
        """It waits for the newest version that is offered, and an event tells of it."""
        row = world.rows[p]._replace(version=max(world.catalog))
        return rules.commit(world, p, row, None, of_attempt=False)

    def end_orphan(self, world: World, p: int, rules: Protocol) -> World:
        """What named a version that is gone is claimed and fails, in one transaction."""
        row = world.rows[p]
        claimed = row._replace(state=after(row.state, Move.CLAIM), attempt=row.attempt + 1)
        world = rules.commit(world, p, claimed, None)
        return rules.commit(world, p, rules.failed(claimed, Blame.IMAGE), None)
