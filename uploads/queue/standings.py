"""Whose turn it is and when: places in the queue with an estimate, for those who watch."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from uploads.catalog import holdings
from uploads.models import Prediction
from uploads.queue import backlog, pauses
from uploads.queue.places import POSITIONS_COUNTED
from uploads.queue_place import Obstacle
from uploads.representation import waiting_view
from uploads.states import State

TOLD_A_USER: Final = 50
"""Of a user's queued predictions, how many are told their place at a time."""
PACE_SAMPLE: Final = 20


@dataclass(frozen=True)
class Standing:
    """One queued prediction's place; 1 is next. Without anything to go by, `eta_ms` is None.

    `obstacle` is why it is not taken now, whatever its place; then there is no estimate.
    """

    prediction: int
    image: int
    upload: int
    attempt: int
    position: int
    eta_ms: int | None
    obstacle: Obstacle | None = None

    @property
    def place(self) -> Hashable:
        """What is worth telling again when it has changed, which the estimate alone is not."""
        return self.attempt, self.position, self.obstacle

    def as_message(self) -> dict[str, Any]:
        """The progress message that tells it."""
        message: dict[str, Any] = {
            "type": "progress",
            "prediction": self.prediction,
            "image": self.image,
            "upload": self.upload,
            "attempt": self.attempt,
            "stage": None,
            "fraction": 0.0,
            "queue_position": self.position,
        }
        if self.eta_ms is not None:
            message["eta_ms"] = self.eta_ms
        if self.obstacle is not None:
            message["waiting"] = waiting_view(self.obstacle)
        return message


def standings(user_ids: Sequence[int]) -> dict[int, list[Standing]]:
    """The places of these users' next queued predictions, in order, within the first thousand."""
    queued = Prediction.objects.filter(state=State.QUEUED)
    models = backlog.queued_models_of(user_ids)
    found: dict[int, list[Standing]] = defaultdict(list)
    if not models:
        return found
    held = holdings.read()
    paused = pauses.paused_models()
    for model in models:
        told: Counter[int] = Counter()
        pace = pace_ms(model)
        stop = pauses.obstacle(model) if model in paused else None
        line = queued.filter(model=model).order_by("fair_rank", "pk")
        rows = line.values_list(
            "user_id", "model_version", "pk", "image_id", "image__upload_id", "attempt"
        )
        for place, row in enumerate(rows[:POSITIONS_COUNTED], start=1):
            user_id, version, prediction, image, upload, attempt = row
            if user_id in user_ids and told[user_id] < TOLD_A_USER:
                told[user_id] += 1
                obstacle = stop or held.obstacle(model, version)
                eta = None if pace is None or obstacle else round(pace * place)
                one = Standing(prediction, image, upload, attempt, place, eta, obstacle)
                found[user_id].append(one)
    return found


def pace_ms(model: str) -> float | None:
    """Milliseconds between one start and the next: how long the latest took, by how many run."""
    latest = Prediction.objects.filter(
        model=model, state=State.SUCCEEDED, started_at__isnull=False
    ).order_by("-finished_at")
    spans = [
        (finished - started).total_seconds() * 1000
        for started, finished in latest.values_list("started_at", "finished_at")[:PACE_SAMPLE]
        if started and finished
    ]
    if not spans:
        return None
    running = Prediction.objects.filter(model=model, state=State.RUNNING).count()
    return sum(spans) / len(spans) / max(1, running)
