"""The queue's rules: each transaction of `lifecycle`, `leases` and `ranks` in `uploads.queue`.

The moves and the verdicts on failures are the product's own tables. A rule is a method
of its own, so that a variant can break it alone. A transaction is one step: the lock on
the user's counter, taken last and held to the commit, puts those of one user in a row.
The back-off is left out: what is queued may be claimed at any time.
"""

from collections.abc import Iterator
from functools import cache

from tests.chaos.explorer.state import DEAD, Draft, Hand, Row, World
from tests.chaos.explorer.step import Happening, Name
from uploads.queue.retry import Blame, Decision, decide
from uploads.states import TERMINAL, Move, State, after

MAX_ATTEMPTS = 2
MAX_LEASE_LOSSES = 2

_BLAME = {
    Name.FAIL_BY_IMAGE: Blame.IMAGE,
    Name.FAIL_BY_CHANCE: Blame.CHANCE,
    Name.FAIL_BY_INFRASTRUCTURE: Blame.INFRASTRUCTURE,
}


class Protocol:
    """The rules as they are meant."""

    # Transactions.

    def claim(self, world: World, worker: int, batch: tuple[int, ...]) -> World:
        """A worker takes a batch of one version: each gets its next attempt and a lease.

        It has asked its engine for room before, which may have replaced that version meanwhile.
        """
        me = world.workers[worker]
        world = world.with_worker(worker, me._replace(asked_for=0))
        for p in batch:
            row = world.rows[p]
            claimed = row._replace(
                state=after(row.state, Move.CLAIM),
                attempt=row.attempt + 1,
                owner=worker,
                expired=False,
            )
            world = self.commit(world, p, claimed, worker)
            refused = row.version != me.version
            hand = Hand(claimed.attempt, version=row.version, refused=refused)
            world = self.take_in_hand(world, worker, p, hand)
        return world

    def finish(self, world: World, name: Name, worker: int, p: int, attempt: int) -> World:
        """A worker writes what became of an attempt; a stale one writes nothing."""
        world = self.let_go(world, worker, p, attempt)
        row = world.rows[p]
        if not self.is_current(row, attempt):
            return world
        match name:
            case Name.SUCCEED:
                ended = self.moved(row, Move.SUCCEED)
            case Name.STOP:
                ended = self.stopped(row)
            case Name.GIVE_BACK:
                ended = self.given_back(row)
            case Name.REFUSE:
                ended = self.refused(row)
            case _:
                ended = self.failed(row, _BLAME[name])
        return self.commit(world, p, ended, worker)

    def reap(self, world: World, p: int) -> World:
        """A lease that has run out is taken back."""
        return self.commit(world, p, self.failed(world.rows[p], Blame.WORKER), None)

    def cancel(self, world: World, p: int) -> World:
        """The user calls a prediction off: at once when it is queued, else by asking its worker."""
        row = world.rows[p]
        canceled = after(row.state, Move.CANCEL)
        if row.state is State.QUEUED:
            return self.commit(world, p, row._replace(state=canceled), None, of_attempt=False)
        return world.with_row(p, row._replace(cancel_requested=True)).with_bell(p, True)

    def requeue(self, world: World, p: int) -> World:
        """The user wants another try of what failed or was canceled."""
        row = world.rows[p]._replace(failures=0, lease_losses=0)
        return self.commit(world, p, self.moved(row, Move.REQUEUE), None, of_attempt=False)

    def delete(self, world: World, p: int) -> World:
        """The user deletes the upload: what is not at its end is canceled, its attempt is stale."""
        row = world.rows[p]
        if row.state not in TERMINAL:
            of_attempt = row.state is State.RUNNING
            canceled = self.moved(row, Move.CANCEL)
            world = self.commit(world, p, canceled, None, of_attempt=of_attempt)
        row = world.rows[p]._replace(deleted=True)
        return self.tell(world.with_row(p, row), Draft(None, p, row.state, None, None, row.version))

    # Ticks, in two steps: what the statement returns is applied later.

    def tick(self, world: World, worker: int) -> World:
        """A worker renews its leases, and is told what was lost and what was called off."""
        me = world.workers[worker]
        answer = []
        for p, hands in enumerate(me.hands):
            verdicts = []
            for hand in hands:
                row = world.rows[p]
                held = self.is_current(row, hand.attempt) and row.owner == worker
                if held:
                    world = world.with_row(p, row._replace(expired=False))
                if not held or (row.cancel_requested and not hand.called_off):
                    verdicts.append((hand.attempt, not held))
            answer.append(tuple(verdicts))
        return world.with_worker(worker, me._replace(answer=tuple(answer)))

    def apply(self, world: World, worker: int) -> World:
        """A worker drops what was lost and stops what was called off."""
        me = world.workers[worker]
        for p, verdicts in enumerate(me.answer):
            for attempt, lost in verdicts:
                world = self.heed_one(world, worker, p, attempt, lost=lost)
        me = world.workers[worker]
        return world.with_worker(worker, me._replace(answer=((),) * len(me.answer)))

    def heed_one(self, world: World, worker: int, p: int, attempt: int, *, lost: bool) -> World:
        """What a tick told of an attempt is about that attempt alone."""
        hands = world.workers[worker].hands[p]
        changed = [
            hand._replace(called_off=True) if hand.attempt == attempt else hand
            for hand in hands
            if not (lost and hand.attempt == attempt)
        ]
        return world.with_hands(worker, p, tuple(changed))

    # Rules.

    def is_current(self, row: Row, attempt: int) -> bool:
        """The fence: whether this attempt is the one that is running."""
        return row.state is State.RUNNING and row.attempt == attempt

    def stopped(self, row: Row) -> Row:
        """What becomes of an attempt that a worker was told to stop: the row says whether it was.

        A message "cancel" may be late, and meant for an earlier attempt.
        """
        return self.given_back(row)

    def given_back(self, row: Row) -> Row:
        """What becomes of an attempt that a worker gives up through no doing of its own."""
        return self.moved(row, Move.CANCEL if row.cancel_requested else Move.GIVE_BACK)

    def refused(self, row: Row) -> Row:
        """What becomes of an attempt for a version that its worker no longer has."""
        return self.failed(row, Blame.INFRASTRUCTURE)

    def failed(self, row: Row, blame: Blame) -> Row:
        """What becomes of an attempt that did not succeed."""
        if row.cancel_requested:
            return self.moved(row, Move.CANCEL)
        decision = _decide(blame, row.failures, row.lease_losses)
        row = row._replace(failures=decision.failures, lease_losses=decision.lease_losses)
        return self.moved(row, decision.move)

    def moved(self, row: Row, move: Move) -> Row:
        """The row after a move that ends its attempt, if one was running."""
        state = after(row.state, move)
        return row._replace(state=state, cancel_requested=False, owner=None, expired=False)

    def may_requeue(self, row: Row) -> bool:
        """Whether there is an original to try again with."""
        return not row.deleted

    def has_run_out(self, world: World, p: int) -> bool:
        """Whether nobody renews this lease any more."""
        row = world.rows[p]
        if row.owner is None or row.expired:
            return False
        if row.owner == DEAD:
            return True
        worker = world.workers[row.owner]
        return worker.paused or all(hand.attempt != row.attempt for hand in worker.hands[p])

    def may_reap(self, row: Row) -> bool:
        """Whether a lease is taken back now."""
        return row.expired

    def take_in_hand(self, world: World, worker: int, p: int, hand: Hand) -> World:
        """A worker begins an attempt, perhaps beside an older one that it has not let go of."""
        return world.with_hands(worker, p, (*world.workers[worker].hands[p], hand))

    def let_go(self, world: World, worker: int, p: int, attempt: int) -> World:
        """A worker is through with an attempt."""
        hands = world.workers[worker].hands[p]
        return world.with_hands(worker, p, tuple(h for h in hands if h.attempt != attempt))

    # Events.

    def commit(
        self, world: World, p: int, row: Row, worker: int | None, *, of_attempt: bool = True
    ) -> World:
        """Writes a row and the event that tells of it, together."""
        ending = row.attempt if of_attempt and row.state in TERMINAL else None
        draft = Draft(worker, p, row.state, ending, None, row.version)
        return self.tell(world.with_row(p, row), draft)

    def tell(self, world: World, draft: Draft) -> World:
        """Writes an event under the user's next number."""
        return visible(world._replace(counter=world.counter + 1), draft, world.counter + 1)

    def locked(self, world: World) -> frozenset[int]:
        """Rows that a transaction which goes on longer than a step has locked: as meant, none."""
        return frozenset()

    def commits(self, world: World) -> Iterator[Happening]:
        """Ends of transactions that go on longer than a step: as meant, none."""
        yield from ()


def visible(world: World, draft: Draft, seq: int) -> World:
    """The world in which an event can be read."""
    row = world.rows[draft.prediction]._replace(told=draft.told, told_version=draft.version)
    if draft.ending is not None:
        row = row._replace(endings=(*row.endings, draft.ending))
    client = world.client and world.client._replace(hint=seq)
    stream = tuple(sorted((*world.stream, seq)))
    return world.with_row(draft.prediction, row)._replace(stream=stream, client=client)


@cache
def _decide(blame: Blame, failures: int, lease_losses: int) -> Decision:
    return decide(
        blame,
        failures=failures,
        lease_losses=lease_losses,
        max_attempts=MAX_ATTEMPTS,
        max_lease_losses=MAX_LEASE_LOSSES,
    )
