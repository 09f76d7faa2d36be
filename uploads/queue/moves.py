"""Moves of locked rows within one transaction: each with its event, stored together."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from strictjson.values import plain_text
from uploads import states
from uploads.event_kinds import ENDING, Kind
from uploads.events import A_WORKER, Actor, Log
from uploads.models import Image, Prediction, lengths
from uploads.queue import ranks, retry, rows
from uploads.queue.endings import Ending, Failure, Success
from uploads.states import Move, State
from uploads.storage import archive


class Moves:
    """What becomes of some predictions: noted in the log at once, written by `store`.

    Written together, since a statement for each would cost more than all the rest of a batch.
    """

    def __init__(self, log: Log, actor: Actor = A_WORKER) -> None:
        self._log = log
        self._actor = actor
        self._moved: list[Prediction] = []
        self._thumbnails: dict[int, Image] = {}
        self._lowest: dict[str, int | None] = {}

    def store(self) -> None:
        """Writes what has moved since the last time; two statements at most.

        Raises:
            Unstorable: one of them holds a value that not every database keeps.
        """
        moved, self._moved = self._moved, []
        thumbnails, self._thumbnails = self._thumbnails, {}
        if thumbnails:
            rows.store_thumbnails(list(thumbnails.values()))
        if moved:
            rows.store(moved)
            archive.enqueue_results(row for row in moved if row.state == State.SUCCEEDED)

    def illustrate(self, row: Prediction, ending: Ending) -> None:
        """Its image has a thumbnail, if it had none; a success tells that anyway."""
        image = row.image
        if not ending.thumbnail_path or image.thumbnail_path:
            return
        image.thumbnail_path = ending.thumbnail_path
        image.thumbhash = ending.thumbhash
        self._thumbnails[image.pk] = image
        if not isinstance(ending, Success):
            self._log.add_thumbnail(image, user_id=row.user_id, traceparent=row.traceparent)

    def succeed(self, row: Prediction, success: Success) -> None:
        """The model gave its result."""
        row.output = success.output
        row.output_path = success.output_path
        row.timing = success.timing
        row.provenance = success.provenance
        row.progress = 1.0
        self.end(row, Move.SUCCEED)

    def fail_or_retry(self, row: Prediction, failure: Failure) -> None:
        """An attempt gave no result: `retry` says what that comes to."""
        if row.cancel_requested:
            self.end(row, Move.CANCEL)
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
            self.to_queue(
                row,
                decision.move,
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
            often = "once" if tries == 1 else f"{tries} times; the last time"
            message = f"It failed {often}: {failure.message}"
            row.error_message = plain_text(message, lengths.ERROR_MESSAGE)
        row.timing = failure.timing
        row.provenance = failure.provenance
        self.end(row, Move.FAIL)

    def end(self, row: Prediction, move: Move, *, of_attempt: bool = True) -> None:
        """The prediction is over."""
        row.state = states.after(State(row.state), move)
        row.stage = None
        row.cancel_requested = False
        worker = _released(row)
        row.finished_at = timezone.now()
        self._moved.append(row)
        self._note(ENDING[State(row.state)], row, of_attempt=of_attempt, worker=worker)

    def to_queue(
        self,
        row: Prediction,
        move: Move,
        delay_seconds: float = 0,
        *,
        reason: str,
        keeps_turn: bool = True,
    ) -> None:
        """The prediction waits again."""
        state = states.after(State(row.state), move)
        row.fair_rank = self._rank(row, keeps_turn=keeps_turn)
        row.state = state
        row.stage = None
        row.progress = 0.0
        row.error_code = ""
        row.error_message = ""
        row.cancel_requested = False
        worker = _released(row)
        row.run_after = timezone.now() + timedelta(seconds=delay_seconds) if delay_seconds else None
        self._moved.append(row)
        self._note(
            Kind.PREDICTION_REQUEUED,
            row,
            of_attempt=move is not Move.REQUEUE,
            error_code=reason,
            worker=worker,
        )

    def _rank(self, row: Prediction, *, keeps_turn: bool) -> int:
        """Its turn among what waits, in which the database must count what has moved before it."""
        if not keeps_turn:
            self.store()
            rank = ranks.next_ranks(row.user_id, row.model, 1)[0]
        else:
            if row.model not in self._lowest:
                self.store()
                self._lowest[row.model] = ranks.lowest(row.model)
            rank = ranks.earlier(row.fair_rank, self._lowest[row.model])
        if row.model in self._lowest:
            self._lowest[row.model] = ranks.earlier(rank, self._lowest[row.model])
        return rank

    def _note(
        self,
        kind: Kind,
        row: Prediction,
        *,
        of_attempt: bool,
        worker: str,
        error_code: str | None = None,
    ) -> None:
        self._log.add_prediction(
            kind,
            row,
            row.image.upload_id,
            self._actor,
            of_attempt=of_attempt,
            error_code=error_code,
            worker=worker,
        )


def _released(row: Prediction) -> str:
    """Takes away its lease; returns whose it was, empty if nobody held it."""
    owner = row.lease_owner or ""
    row.lease_owner = None
    row.lease_until = None
    return owner
