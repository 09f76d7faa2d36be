"""Uploads and predictions, counted from their events: each state change once, where it was written.

A process counts what it wrote itself, so that the sum over all processes is the whole.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from prometheus_client import Counter, Histogram

from consumers.metrics.registry import REGISTRY
from uploads.event_kinds import ENDING, Kind
from uploads.models import Event

EVENTS: Final = Counter(
    "darkroom_events",
    "Events written, by kind: uploads, predictions, sign-ins, downloads.",
    ["kind"],
    registry=REGISTRY,
)
IMAGES: Final = Counter(
    "darkroom_images_received",
    "Images of accepted uploads, by model.",
    ["model"],
    registry=REGISTRY,
)
ATTEMPTS: Final = Counter(
    "darkroom_attempts_started",
    "Predictions claimed by a worker.",
    ["model", "version"],
    registry=REGISTRY,
)
REQUEUED: Final = Counter(
    "darkroom_attempts_requeued",
    "Predictions put back into the queue, by reason: an error code, lease_expired (its worker "
    "died), given_back, or requeued (by a person).",
    ["model", "version", "reason"],
    registry=REGISTRY,
)
ENDED: Final = Counter(
    "darkroom_predictions_ended",
    "Predictions that ended, by outcome; a failure's reason is its error code.",
    ["model", "version", "outcome", "reason"],
    registry=REGISTRY,
)
SECONDS: Final = Histogram(
    "darkroom_prediction_seconds",
    "Time from a prediction's creation (the upload) to its result, queue and retries included.",
    ["model", "version"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600),
    registry=REGISTRY,
)

_OUTCOMES: Final = {str(kind): str(state) for state, kind in ENDING.items()}


def count(events: Sequence[Event], **_: Any) -> None:
    """Counts events that were just written: a receiver of `uploads.events.recorded`."""
    for event in events:
        EVENTS.labels(event.kind).inc()
        if event.kind in _OUTCOMES:
            _ended(event)
        elif event.kind == Kind.PREDICTION_STARTED:
            ATTEMPTS.labels(event.model, event.model_version).inc()
        elif event.kind == Kind.PREDICTION_REQUEUED:
            REQUEUED.labels(event.model, event.model_version, event.error_code).inc()
        elif event.kind == Kind.UPLOAD_CREATED:
            IMAGES.labels(event.model).inc(len(event.facts["images"]))


def _ended(event: Event) -> None:
    outcome = _OUTCOMES[event.kind]
    ENDED.labels(event.model, event.model_version, outcome, event.error_code).inc()
    if event.kind == Kind.PREDICTION_SUCCEEDED:
        created = datetime.fromisoformat(event.facts["created_at"])
        waited = (event.at - created).total_seconds()
        SECONDS.labels(event.model, event.model_version).observe(max(0.0, waited))
