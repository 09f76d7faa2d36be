"""The spans of an attempt: what it waited for, what its model did, and how its ending was written.

All of them continue the request that queued the prediction. A model's process knows nothing of
traces: it measures, and its spans are made here. How long each took is what it measured; when each
began follows from when the batch began and when the answer came.
"""

import time
from typing import Final

from inference.engine.spans import record_timing
from inference.engine.types import Computed, Failed, Outcome, Succeeded
from tracing import spans
from tracing.spans import Kind, Span
from uploads.queue.endings import Cancellation, Ending, Failure, Return, Success
from uploads.queue.held import Claim

_WORDS: Final = {
    Success: "succeeded",
    Failure: "failed",
    Cancellation: "canceled",
    Return: "given_back",
}


def attempted(claim: Claim) -> "Attempted | None":
    """The spans of an attempt that begins now; None: it is not traced."""
    if claim.traceparent is None or not spans.is_on():
        return None
    return Attempted(claim)


class Attempted:
    """One attempt's."""

    def __init__(self, claim: Claim) -> None:
        now = time.time_ns()
        self._attributes: dict[str, str | int] = {
            "darkroom.upload.id": claim.upload_id,
            "darkroom.image.id": claim.image_id,
            "darkroom.prediction.id": claim.id,
            "darkroom.attempt": claim.attempt,
            "darkroom.model": claim.model,
            "darkroom.model.version": claim.model_version,
        }
        spans.record(
            "prediction queued",
            parent=claim.traceparent,
            began_ns=now - claim.queue_ms * 1_000_000,
            ended_ns=now,
            attributes=self._attributes,
        )
        self._span: Span = spans.begin(
            "prediction attempt",
            Kind.CONSUMER,
            parent=claim.traceparent,
            attributes=self._attributes,
            at_ns=now,
        )
        self._claimed_ns = now
        self._computed_ns: int | None = None

    @property
    def traceparent(self) -> str | None:
        """That of the attempt, which log lines name."""
        return self._span.traceparent

    def computed(self, outcome: Outcome, asked_ns: int) -> None:
        """The engine, which was asked then (since 1970), has just answered."""
        self._computed_ns = now = time.time_ns()
        if isinstance(outcome, Succeeded | Computed | Failed) and outcome.timing is not None:
            record_timing(
                outcome.timing,
                self.traceparent,
                began_ns=self._claimed_ns,
                asked_ns=asked_ns,
                ended_ns=now,
                attributes=self._attributes,
            )

    def written(self, ending: Ending) -> None:
        """Its ending is in the database."""
        now = time.time_ns()
        if self._computed_ns is not None:
            spans.record(
                "prediction ending",
                parent=self.traceparent,
                began_ns=self._computed_ns,
                ended_ns=now,
                attributes=self._attributes,
            )
        self._span.note({"darkroom.state": _WORDS[type(ending)]})
        self._span.end(error=ending.code if isinstance(ending, Failure) else "", at_ns=now)

    def lost(self) -> None:
        """Its lease was lost: what came of it is nobody's business any more."""
        self._span.end(error="lease_lost")
