"""The one writer of `Prediction.state`: every move of `uploads.states`, with its event.

Theory of operation
-------------------
A prediction is its own job: inserting the row (`enqueue`) puts it into the queue.

Claim. A worker takes rows by one statement (`leases.claim`): state `running`, `attempt` + 1, and
a lease, which says until when the row is the worker's. `leases.tick` renews it every second. When
a worker dies the lease runs out, and any other worker's housekeeping puts the row back (`reap`).

Fence. A worker that was paused may wake after its lease ran out, while another one computes the
same row. So what a worker writes names the attempt it was given, and `finish` writes nothing
where the row no longer runs that very attempt. `attempt` only rises, so an old one can never
match again.

Ending. `finish` locks the rows in the order of their ids (two writers never wait for each other),
decides by `retry` what a failure comes to (tried again, or failed), and writes the new states of
all of them in one statement (`moves`).

Seq. Every move notes an event in the log of the transaction that it runs in (`events.recording`).
Just before the commit each user's events get the next numbers of that user's stream, under a lock
on the stream's row: so a state and its event are committed together or not at all, and whoever
has read up to `seq` misses nothing by asking for what comes after it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tracing import spans
from uploads import statements, states
from uploads.errors import FrontIsFull, NotWaiting, SourceGone
from uploads.event_kinds import Kind
from uploads.events import Actor, Log
from uploads.models import Prediction
from uploads.queue.endings import Cancellation, Ending, Failure, Return, Success
from uploads.queue.moves import Moves
from uploads.queue.ranks import FRONT, moved_to_front, next_ranks
from uploads.queue.retry import Blame
from uploads.queue.rows import locked, locked_expired, locked_one
from uploads.states import Move, State


@dataclass(frozen=True)
class Entry:
    """New predictions of one user and one model, each with its image; `actor` asked for them."""

    predictions: Sequence[Prediction]
    actor: Actor


def enqueue(entries: Sequence[Entry], log: Log) -> None:
    """Inserts new predictions: the insert is the enqueueing."""
    queues: dict[tuple[int, str], list[Prediction]] = {}
    for entry in entries:
        first = entry.predictions[0]
        queues.setdefault((first.user_id, first.model), []).extend(entry.predictions)
    for (user_id, model), predictions in queues.items():
        ranks = next_ranks(user_id, model, len(predictions))
        for prediction, rank in zip(predictions, ranks, strict=True):
            prediction.state = State.QUEUED
            prediction.fair_rank = rank
    statements.PREDICTION.insert([one for entry in entries for one in entry.predictions])
    for entry in entries:
        for prediction in entry.predictions:
            log.add_prediction(
                Kind.PREDICTION_QUEUED,
                prediction,
                prediction.image.upload_id,
                entry.actor,
                of_attempt=False,
            )


def finish(endings: Iterable[Ending], log: Log) -> list[int]:
    """Writes what became of attempts; returns the ids that were refused as stale.

    Rows are locked in the order of their ids. A row that is no longer running this
    very attempt (its lease was lost, it was deleted) is left as it is.

    Raises:
        Unstorable: one of them holds a value that not every database keeps.
    """
    by_id = {ending.id: ending for ending in sorted(endings, key=lambda e: e.id)}
    rows = {row.pk: row for row in locked(by_id.keys())}
    moves = Moves(log)
    stale = []
    for pk, ending in by_id.items():
        row = rows.get(pk)
        if row is None or row.state != State.RUNNING or row.attempt != ending.attempt:
            stale.append(pk)
            continue
        moves.illustrate(row, ending)
        match ending:
            case Success():
                moves.succeed(row, ending)
            case Failure():
                moves.fail_or_retry(row, ending)
            case Cancellation() | Return() if row.cancel_requested:
                moves.end(row, Move.CANCEL)
            case Cancellation() | Return():
                moves.to_queue(row, Move.GIVE_BACK, reason="given_back")
    moves.store()
    return stale


def reap(log: Log, *, limit: int = 100) -> int:
    """Takes back what workers died with: leases that have run out. Returns how many.

    A worker that was only paused finds its attempt outdated when it wakes up.
    """
    rows = locked_expired(limit)
    moves = Moves(log)
    what = "The worker that held it died."
    for row in rows:
        moves.fail_or_retry(row, Failure(row.pk, row.attempt, Blame.WORKER, "lease_expired", what))
    moves.store()
    return len(rows)


def cancel(prediction_id: int, actor: Actor, log: Log) -> Prediction:
    """Calls a prediction off: at once when it is queued, else by asking its worker.

    Raises:
        Prediction.DoesNotExist: it is gone.
        states.IllegalMove: it has ended.
    """
    row = locked_one(prediction_id)
    if row.state == State.QUEUED:
        moves = Moves(log, actor)
        moves.end(row, Move.CANCEL, of_attempt=False)
        moves.store()
    else:
        states.after(State(row.state), Move.CANCEL)
        row.cancel_requested = True
        row.save(update_fields=["cancel_requested"])
        log.add_prediction(Kind.CANCEL_REQUESTED, row, row.image.upload_id, actor)
    return row


def cancel_now(prediction_id: int, actor: Actor, log: Log) -> Prediction:
    """Calls a prediction off without waiting for its worker, whose attempt becomes stale.

    Raises:
        Prediction.DoesNotExist: it is gone.
        states.IllegalMove: it has ended.
    """
    row = locked_one(prediction_id)
    moves = Moves(log, actor)
    moves.end(row, Move.CANCEL, of_attempt=row.state == State.RUNNING)
    moves.store()
    return row


MOST_IN_FRONT: Final = 100
"""Of one model: so many at most come before everybody's turn. Less than are looked through for
somebody of whom nothing is running (`statements.LOOKED_AT`), so that they are found behind it."""


def move_to_front(prediction_id: int, actor: Actor, log: Log) -> Prediction:
    """Has what waits for its turn be claimed before all that came by theirs.

    Raises:
        Prediction.DoesNotExist: it is gone.
        NotWaiting: it is not queued.
        FrontIsFull: as many are there as may be.
    """
    row = locked_one(prediction_id)
    if row.state != State.QUEUED:
        raise NotWaiting
    if row.fair_rank == FRONT:
        return row
    if moved_to_front(row.model, MOST_IN_FRONT) >= MOST_IN_FRONT:
        raise FrontIsFull
    row.fair_rank = FRONT
    row.save(update_fields=["fair_rank"])
    log.add_prediction(Kind.MOVED_TO_FRONT, row, row.image.upload_id, actor, of_attempt=False)
    return row


def requeue(
    prediction_id: int, actor: Actor, log: Log, *, version: str | None = None
) -> Prediction:
    """Gives what failed or was canceled another chance, with its failures forgiven.

    By another `version` of its model, where one is given.

    Raises:
        Prediction.DoesNotExist: it is gone.
        states.IllegalMove: it has not ended, or it succeeded.
        SourceGone: its upload was deleted.
    """
    row = locked_one(prediction_id)
    states.after(State(row.state), Move.REQUEUE)
    if not row.image.image_path:
        raise SourceGone
    if version is not None:
        row.model_version = version
        row.save(update_fields=["model_version"])
    row.failures = 0
    row.lease_losses = 0
    row.finished_at = None
    row.traceparent = spans.current()
    moves = Moves(log, actor)
    moves.to_queue(row, Move.REQUEUE, reason="requeued", keeps_turn=False)
    moves.store()
    return row
