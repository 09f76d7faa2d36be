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
decides by `retry` what a failure comes to (tried again, or failed), and writes the new state.

Seq. Every move notes an event in the log of the transaction that it runs in (`events.recording`).
Just before the commit each user's events get the next numbers of that user's stream, under a lock
on the stream's row: so a state and its event are committed together or not at all, and whoever
has read up to `seq` misses nothing by asking for what comes after it.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from strictjson.values import plain_text
from uploads import columns, statements, states
from uploads.errors import SourceGone
from uploads.event_kinds import ENDING, Kind
from uploads.events import A_WORKER, Actor, Log
from uploads.models import Prediction, lengths
from uploads.queue import retry
from uploads.queue.endings import Cancellation, Ending, Failure, Return, Success
from uploads.queue.ranks import first_rank, next_ranks
from uploads.queue.rows import locked, locked_expired, locked_one
from uploads.states import Move, State


def enqueue(predictions: Sequence[Prediction], *, upload_id: int, actor: Actor, log: Log) -> None:
    """Inserts new predictions of one user and one model: the insert is the enqueueing."""
    first = predictions[0]
    ranks = next_ranks(first.user_id, first.model, len(predictions))
    for prediction, rank in zip(predictions, ranks, strict=True):
        prediction.state = State.QUEUED
        prediction.fair_rank = rank
    statements.table(Prediction).insert(predictions)
    for prediction in predictions:
        log.add_prediction(Kind.PREDICTION_QUEUED, prediction, upload_id, actor, of_attempt=False)


def finish(endings: Iterable[Ending], log: Log) -> list[int]:
    """Writes what became of attempts; returns the ids that were refused as stale.

    Rows are locked in the order of their ids. A row that is no longer running this
    very attempt (its lease was lost, it was deleted) is left as it is.

    Raises:
        Unstorable: one of them holds a value that not every database keeps.
    """
    by_id = {ending.id: ending for ending in sorted(endings, key=lambda e: e.id)}
    rows = {row.pk: row for row in locked(by_id.keys())}
    stale = []
    for pk, ending in by_id.items():
        row = rows.get(pk)
        if row is None or row.state != State.RUNNING or row.attempt != ending.attempt:
            stale.append(pk)
            continue
        if ending.thumbnail_path and not row.image.thumbnail_path:
            row.image.thumbnail_path = ending.thumbnail_path
            columns.check(row.image)
            row.image.save(update_fields=["thumbnail_path"])
        match ending:
            case Success():
                _succeed(row, ending, log)
            case Failure():
                _fail_or_retry(row, ending, log, actor=A_WORKER)
            case Cancellation() | Return() if row.cancel_requested:
                _end(row, Move.CANCEL, log, A_WORKER)
            case Cancellation() | Return():
                _to_queue(row, Move.GIVE_BACK, log, A_WORKER, 0, reason="given_back")
    return stale


def reap(log: Log, *, limit: int = 100) -> int:
    """Takes back what workers died with: leases that have run out. Returns how many.

    A worker that was only paused finds its attempt outdated when it wakes up.
    """
    rows = locked_expired(limit)
    for row in rows:
        _fail_or_retry(
            row,
            Failure(
                row.pk,
                row.attempt,
                retry.Blame.WORKER,
                "lease_expired",
                "The worker that held it died.",
            ),
            log,
            actor=A_WORKER,
        )
    return len(rows)


def cancel(prediction_id: int, actor: Actor, log: Log) -> Prediction:
    """Calls a prediction off: at once when it is queued, else by asking its worker.

    Raises:
        Prediction.DoesNotExist: it is gone.
        states.IllegalMove: it has ended.
    """
    row = locked_one(prediction_id)
    if row.state == State.QUEUED:
        _end(row, Move.CANCEL, log, actor, of_attempt=False)
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
    _end(row, Move.CANCEL, log, actor, of_attempt=row.state == State.RUNNING)
    return row


def requeue(prediction_id: int, actor: Actor, log: Log) -> Prediction:
    """Gives what failed or was canceled another chance, with its failures forgiven.

    Raises:
        Prediction.DoesNotExist: it is gone.
        states.IllegalMove: it has not ended, or it succeeded.
        SourceGone: its upload was deleted.
    """
    row = locked_one(prediction_id)
    states.after(State(row.state), Move.REQUEUE)
    if not row.image.image_path:
        raise SourceGone
    row.failures = 0
    row.lease_losses = 0
    row.finished_at = None
    _to_queue(row, Move.REQUEUE, log, actor, 0, reason="requeued", keeps_turn=False)
    return row


def _succeed(row: Prediction, success: Success, log: Log) -> None:
    row.output = success.output
    row.output_path = success.output_path
    row.timing = success.timing
    row.provenance = success.provenance
    row.progress = 1.0
    _end(row, Move.SUCCEED, log, A_WORKER)


def _fail_or_retry(row: Prediction, failure: Failure, log: Log, *, actor: Actor) -> None:
    if row.cancel_requested:
        _end(row, Move.CANCEL, log, actor)
        return
    decision = retry.decide(
        failure.blame,
        failures=row.failures,
        lease_losses=row.lease_losses,
        max_attempts=settings.MAX_ATTEMPTS,
        max_lease_losses=settings.MAX_LEASE_LOSSES,
    )
    row.failures = decision.failures
    row.lease_losses = decision.lease_losses
    if decision.move is not Move.FAIL:
        _to_queue(
            row,
            decision.move,
            log,
            actor,
            decision.delay_seconds,
            reason=failure.code,
            keeps_turn=decision.keeps_turn,
        )
        return
    row.error_code = failure.code
    row.error_message = plain_text(failure.message, lengths.ERROR_MESSAGE)
    if decision.exhausted:
        tries = row.failures + row.lease_losses
        row.error_code = "attempts_exhausted"
        message = f"It failed {tries} times; the last time: {failure.message}"
        row.error_message = plain_text(message, lengths.ERROR_MESSAGE)
    row.timing = failure.timing
    row.provenance = failure.provenance
    _end(row, Move.FAIL, log, actor)


def _end(row: Prediction, move: Move, log: Log, actor: Actor, *, of_attempt: bool = True) -> None:
    row.state = states.after(State(row.state), move)
    row.stage = None
    row.cancel_requested = False
    row.lease_owner = None
    row.lease_until = None
    row.finished_at = timezone.now()
    columns.check(row)
    row.save()
    log.add_prediction(
        ENDING[State(row.state)], row, row.image.upload_id, actor, of_attempt=of_attempt
    )


def _to_queue(
    row: Prediction,
    move: Move,
    log: Log,
    actor: Actor,
    delay_seconds: float,
    *,
    reason: str,
    keeps_turn: bool = True,
) -> None:
    row.state = states.after(State(row.state), move)
    row.stage = None
    row.progress = 0.0
    row.error_code = ""
    row.error_message = ""
    row.cancel_requested = False
    row.lease_owner = None
    row.lease_until = None
    row.run_after = timezone.now() + timedelta(seconds=delay_seconds) if delay_seconds else None
    row.fair_rank = first_rank(row) if keeps_turn else next_ranks(row.user_id, row.model, 1)[0]
    row.save()
    log.add_prediction(
        Kind.PREDICTION_REQUEUED,
        row,
        row.image.upload_id,
        actor,
        of_attempt=move is not Move.REQUEUE,
        error_code=reason,
    )
