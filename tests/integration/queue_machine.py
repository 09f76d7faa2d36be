"""What users, workers and the clock may do to the queue on a real database, in any order."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar, Final

import pytest
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from tests.integration.conftest import Uploads
from uploads import append_only, events, services
from uploads.errors import NotCancelable, NotRetryable, SourceGone
from uploads.events import Actor
from uploads.models import Event, EventStream, FileRemoval, Prediction, Upload, User
from uploads.queue import endings, held, leases, lifecycle
from uploads.queue.held import Claim, Held
from uploads.queue.retry import Blame
from uploads.queue.rows import expired
from uploads.states import ACTIVE, TERMINAL, State

WORKERS: Final = ("host:1:aa", "host:2:bb")
OUTCOMES: Final[tuple[Callable[[Claim], endings.Ending], ...]] = (
    lambda c: endings.Success(c.id, c.attempt, {"kind": "text"}, "", {}, {"device": "cpu"}),
    lambda c: endings.Failure(c.id, c.attempt, Blame.IMAGE, "unreadable_image", "It is broken."),
    lambda c: endings.Failure(c.id, c.attempt, Blame.CHANCE, "model_crashed", "It crashed."),
    lambda c: endings.Failure(c.id, c.attempt, Blame.TIMEOUT, "timeout", "It took too long."),
    lambda c: endings.Failure(c.id, c.attempt, Blame.INFRASTRUCTURE, "timeout", "It was away."),
    lambda c: endings.Return(c.id, c.attempt),
    lambda c: endings.Cancellation(c.id, c.attempt),
)
REQUEUEABLE: Final = (State.FAILED, State.CANCELED)
worker = st.sampled_from(WORKERS)
pick = st.integers(min_value=0, max_value=1000)

Rows = dict[int, Prediction]


def rows() -> Rows:
    return {row.pk: row for row in Prediction.objects.order_by("pk")}


def nth(items: list[Any], number: int) -> Any:
    return items[number % len(items)]


class QueueMachine(RuleBasedStateMachine):
    """Two users, and two workers that may be dead or late."""

    upload: ClassVar[Uploads]
    users: ClassVar[list[User]]

    def __init__(self) -> None:
        super().__init__()
        self.hands: dict[str, list[Claim]] = {name: [] for name in WORKERS}
        """What each worker is at, though it may have lost it."""
        self.called_off: set[tuple[int, int]] = set()
        """Predictions and attempts that a worker was told to stop."""
        self.ever: list[Claim] = []
        """Every claim there ever was."""
        self.before: Rows = {}
        """Every row as the last step left it."""
        self.requeued: set[int] = set()
        """What the last step has requeued."""
        self.asked: set[int] = set()
        """What its user has called off or deleted since it was last requeued."""

    def teardown(self) -> None:
        """Leaves an empty database to the next run."""
        with append_only.removal():
            for table in (Event, EventStream, FileRemoval, Prediction, Upload):
                table.objects.all().delete()

    @initialize(count=st.integers(min_value=1, max_value=3), limit=st.integers(1, 4))
    def begin(self, count: int, limit: int) -> None:
        """Something is uploaded and claimed, so that no run is about nothing."""
        for user in self.users:
            type(self).upload(user, count=count)
        self.before = rows()
        self.claim(WORKERS[0], limit)

    # Users.

    @precondition(lambda self: len(self.unfinished()) < 3)
    @rule(number=pick, count=st.integers(min_value=1, max_value=3))
    def upload_images(self, number: int, count: int) -> None:
        type(self).upload(nth(self.users, number), count=count)

    @precondition(lambda self: self.before)
    @rule(number=pick, late=st.booleans())
    def cancel(self, number: int, late: bool) -> None:
        row = nth(self.unfinished() if not late and self.unfinished() else self.all(), number)
        if row.state in ACTIVE:
            self.asked.add(row.pk)
            services.cancel(row, Actor(id=row.user_id))
        else:
            with pytest.raises(NotCancelable):
                services.cancel(row, Actor(id=row.user_id))

    @precondition(lambda self: any(row.state in REQUEUEABLE for row in self.before.values()))
    @rule(number=pick, succeeded=st.booleans())
    def requeue(self, number: int, succeeded: bool) -> None:
        states = tuple(TERMINAL) if succeeded else REQUEUEABLE
        ended = [row for row in self.all() if row.state in states]
        row = Prediction.objects.get(pk=nth(ended, number).pk)
        deleted = row.image.upload.deleted_at is not None
        if deleted or row.state == State.SUCCEEDED:
            with pytest.raises(SourceGone if deleted else NotRetryable):
                services.retry(row, Actor(id=row.user_id))
        else:
            services.retry(row, Actor(id=row.user_id))
            self.requeued.add(row.pk)

    @precondition(lambda self: len(self.unfinished()) > 3)
    @rule(number=pick)
    def delete(self, number: int) -> None:
        kept = list(Upload.objects.filter(deleted_at=None).order_by("pk"))
        if kept:
            upload = nth(kept, number)
            self.asked |= {p.pk for p in Prediction.objects.filter(image__upload=upload)}
            services.delete(upload, Actor(id=upload.user_id))

    # Workers.

    @rule(name=worker, limit=st.integers(min_value=1, max_value=4))
    def claim(self, name: str, limit: int) -> None:
        with events.recording() as log:
            batch = leases.claim(name, "ocr", "2", limit, log)
        assert len(batch) <= limit
        assert len(batch) == 1 or not any(one.suspect for one in batch)
        for one in batch:
            assert self.before[one.id].state == State.QUEUED
            assert one.attempt == self.before[one.id].attempt + 1
        self.hands[name] += batch
        self.ever += batch

    @precondition(lambda self: any(self.hands.values()))
    @rule(name=worker, late=st.booleans(), progress=st.floats(min_value=0, max_value=1))
    def tick(self, name: str, late: bool, progress: float) -> None:
        """A worker renews what it is at; a late one still names attempts that it has lost."""
        hands = self.hands[name]
        at = {one.id: one for one in (reversed(hands) if late else hands)}
        told = leases.tick(name, [Held(c.id, c.attempt, "detect", progress) for c in at.values()])
        named = {(c.id, c.attempt): c for c in at.values()}
        lost = {key for key, c in named.items() if not self.is_current(c)}
        wanted = {key for key in named if self.before[key[0]].cancel_requested} - lost
        assert told == held.Tick(frozenset(lost), frozenset(wanted))
        self.hands[name] = [c for c in hands if (c.id, c.attempt) not in lost]
        self.called_off |= wanted

    @precondition(lambda self: any(self.hands.values()))
    @rule(number=pick, outcome=st.sampled_from(OUTCOMES))
    def finish(self, number: int, outcome: Callable[[Claim], endings.Ending]) -> None:
        name, claimed = nth([(w, c) for w in WORKERS for c in self.hands[w]], number)
        self.hands[name].remove(claimed)
        self.write(claimed, outcome)

    @precondition(lambda self: self.called_off)
    @rule(number=pick)
    def stop(self, number: int) -> None:
        prediction_id, attempt = nth(sorted(self.called_off), number)
        claimed = next(c for c in self.ever if (c.id, c.attempt) == (prediction_id, attempt))
        self.called_off.discard((prediction_id, attempt))
        self.write(claimed, lambda c: endings.Cancellation(c.id, c.attempt))

    @precondition(lambda self: self.ever)
    @rule(number=pick, outcome=st.sampled_from(OUTCOMES))
    def write_again(self, number: int, outcome: Callable[[Claim], endings.Ending]) -> None:
        """Somebody writes about any attempt there ever was, most of them long over."""
        self.write(nth(self.ever, number), outcome)

    # The clock.

    @precondition(lambda self: any(self.hands.values()))
    @rule(name=worker, dead=st.booleans(), reaped=st.booleans())
    def leases_run_out(self, name: str, dead: bool, reaped: bool) -> None:
        """A worker is late, or dead and knows nothing any more; somebody may have noticed."""
        self.expire(name)
        if dead:
            self.hands[name] = []
        if reaped:
            self.reap()

    @precondition(lambda self: any(r.state == State.RUNNING for r in self.before.values()))
    @rule(name=worker, limit=st.integers(min_value=1, max_value=4))
    def all_is_taken_over(self, name: str, limit: int) -> None:
        """Every lease runs out and is taken back; a worker, perhaps the same, claims again."""
        for loser in WORKERS:
            self.expire(loser)
        self.reap()
        self.before = rows()
        self.claim(name, limit)

    @precondition(lambda self: any(row.run_after for row in self.before.values()))
    @rule()
    def back_off_ends(self) -> None:
        Prediction.objects.exclude(run_after=None).update(run_after=None)

    # Small things.

    def all(self) -> list[Prediction]:
        """Every prediction, oldest first."""
        return list(self.before.values())

    def unfinished(self) -> list[Prediction]:
        """Every prediction that is queued or runs, oldest first."""
        return [row for row in self.all() if row.state in ACTIVE]

    def is_current(self, claimed: Claim) -> bool:
        """The fence, said once more by the test."""
        row = self.before[claimed.id]
        return row.state == State.RUNNING and row.attempt == claimed.attempt

    def write(self, claimed: Claim, outcome: Callable[[Claim], endings.Ending]) -> None:
        """Writes an ending; what is stale is refused and changes nothing."""
        count = Event.objects.count()
        with events.recording() as log:
            stale = lifecycle.finish([outcome(claimed)], log)
        assert stale == ([] if self.is_current(claimed) else [claimed.id])
        row = self.before[claimed.id]
        if not stale and row.cancel_requested and not isinstance(outcome(claimed), endings.Success):
            assert Prediction.objects.get(pk=row.pk).state == State.CANCELED
        if stale:
            assert Event.objects.count() == count
            unchanged = Prediction.objects.filter(pk=claimed.id).values().get()
            known = vars(self.before[claimed.id])
            assert unchanged == {name: known[name] for name in unchanged}

    def expire(self, name: str) -> None:
        """Nothing that a worker holds was renewed in time."""
        held = Prediction.objects.filter(lease_owner=name)
        held.update(lease_until=timezone.now() - timedelta(seconds=1))

    def reap(self) -> None:
        """Takes back exactly what has run out."""
        due = set(expired().values_list("pk", flat=True))
        with events.recording() as log:
            assert lifecycle.reap(log) == len(due)
        assert not Prediction.objects.filter(pk__in=due, state=State.RUNNING).exists()
