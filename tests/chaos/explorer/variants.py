"""The protocol with one rule broken at a time: what the exploration must find."""

from collections.abc import Iterator

from tests.chaos.explorer.delivery import Delivery
from tests.chaos.explorer.protocol import Protocol, visible
from tests.chaos.explorer.state import Client, Draft, Row, World
from tests.chaos.explorer.step import Action, Happening, Name
from tests.chaos.explorer.succession import Succession
from uploads.queue.retry import Blame
from uploads.states import ACTIVE, Move, State


class NoFence(Protocol):
    """A worker's writes match on the id and the state, not on the attempt."""

    def is_current(self, row: Row, attempt: int) -> bool:
        return row.state is State.RUNNING


class NoReaper(Protocol):
    """Leases run out, and nobody takes them back."""

    def may_reap(self, row: Row) -> bool:
        return False


class ResetAttempt(Protocol):
    """A requeue counts attempts from the beginning again."""

    def requeue(self, world: World, p: int) -> World:
        world = super().requeue(world, p)
        return world.with_row(p, world.rows[p]._replace(attempt=0))


class BelievedMessage(Protocol):
    """A worker that was told to stop has its attempt canceled, whatever the row says."""

    def stopped(self, row: Row) -> Row:
        return self.moved(row, Move.CANCEL)


class HandsById(Protocol):
    """A worker keeps its work by prediction: the end of one attempt takes its successor along."""

    def let_go(self, world: World, worker: int, p: int, attempt: int) -> World:
        return world.with_hands(worker, p, ())


class TickById(Protocol):
    """What a tick told is applied by prediction, though it was about an earlier attempt."""

    def heed_one(self, world: World, worker: int, p: int, attempt: int, *, lost: bool) -> World:
        hands = world.workers[worker].hands[p]
        called_off = tuple(hand._replace(called_off=True) for hand in hands)
        return world.with_hands(worker, p, () if lost else called_off)


class RequeueOfDeleted(Protocol):
    """Whether there is an original is asked before the upload is deleted, and not again."""

    def may_requeue(self, row: Row) -> bool:
        return True


class EventApart(Protocol):
    """A worker commits an ending first, and the event that tells of it afterwards."""

    def tell(self, world: World, draft: Draft) -> World:
        if draft.ending is None or draft.worker is None:
            return super().tell(world, draft)
        return world._replace(drafts=(*world.drafts, draft))

    def commits(self, world: World) -> Iterator[Happening]:
        for draft in world.drafts:
            others = tuple(other for other in world.drafts if other != draft)
            told = super().tell(world._replace(drafts=others), draft)
            yield Action(Name.COMMIT, draft.worker, (draft.prediction,), draft.ending), told


class GlobalIds(Protocol):
    """Events are numbered for everybody at once before their transactions commit, in any order."""

    def tell(self, world: World, draft: Draft) -> World:
        seq = world.counter + 1
        return world._replace(counter=seq, drafts=(*world.drafts, draft._replace(seq=seq)))

    def locked(self, world: World) -> frozenset[int]:
        return frozenset(draft.prediction for draft in world.drafts)

    def commits(self, world: World) -> Iterator[Happening]:
        for writer in dict.fromkeys(map(_writer, world.drafts)):
            mine = [draft for draft in world.drafts if _writer(draft) == writer]
            others = tuple(draft for draft in world.drafts if draft not in mine)
            committed = world._replace(drafts=others)
            for draft in mine:
                committed = visible(committed, draft, draft.seq or 0)
            rows = tuple(sorted({draft.prediction for draft in mine}))
            yield Action(Name.COMMIT, mine[0].worker, rows), committed


def _writer(draft: Draft) -> tuple[bool, int]:
    """Whose transaction it is: a worker has one at a time, users have one for each row."""
    return (False, draft.prediction) if draft.worker is None else (True, draft.worker)


class RefusedForGood(Protocol):
    """What a worker claimed for a version that it has just replaced fails as not found."""

    def refused(self, row: Row) -> Row:
        return self.failed(row, Blame.IMAGE)


class MovesWhatRuns(Succession):
    """What runs gets the default version too, though the old one computes it."""

    def may_move_on(self, row: Row) -> bool:
        return row.state in ACTIVE and not row.named


class MovesWhatIsNamed(Succession):
    """What named the version that is gone gets another one."""

    def may_move_on(self, row: Row) -> bool:
        return row.state is State.QUEUED


class MovesInSilence(Succession):
    """What waits gets the default version, and no event tells of it."""

    def move_on(self, world: World, p: int, rules: Protocol) -> World:
        row = world.rows[p]
        return world.with_row(p, row._replace(version=max(world.catalog)))


class MovesAtTheDropOnly(Succession):
    """What waits moves in the transaction in which its version goes, and never afterwards."""

    def publish(self, world: World, number: int, rules: Protocol) -> World:
        published = super().publish(world, number, rules)
        dropped = {*world.catalog} - {*published.catalog}
        for p, row in enumerate(world.rows):
            if row.version in dropped and super().may_move_on(row):
                published = self.move_on(published, p, rules)
        return published

    def may_move_on(self, row: Row) -> bool:
        return False


class HintIsTheEvent(Delivery):
    """A hint carries its event, and the socket forwards it without looking."""

    def hinted(self, client: Client) -> Client:
        if not client.connected:
            return client
        return client._replace(sent=client.hint, wire=(*client.wire, client.hint))


class NoPoll(Delivery):
    """Sockets look when a hint comes, and else never."""

    may_poll = False


class ResumesAfterSent(Delivery):
    """A client that comes back is served from what was sent to it, not from what it has."""

    def resumes_after(self, client: Client) -> int:
        return client.sent
