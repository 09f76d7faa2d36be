"""Attempts at predictions as workers make them, without a worker."""

from datetime import timedelta

from django.utils import timezone

from uploads import events
from uploads.models import Event, Prediction
from uploads.queue import endings, leases, lifecycle
from uploads.queue.held import Claim
from uploads.queue.leases import Who
from uploads.queue.retry import Blame

W1, W2 = "host:1:aa", "host:2:bb"


def claim(
    worker: str = W1, limit: int = 10, model: str = "ocr", who: Who = Who.ANYBODY
) -> list[Claim]:
    with events.recording() as log:
        return leases.claim(worker, model, "2", limit, log, who=who)


def finish(*endings: endings.Ending) -> list[int]:
    with events.recording() as log:
        return lifecycle.finish(endings, log)


def success(of: Claim, text: str = "hello") -> endings.Success:
    output = {"kind": "text", "text": text, "language": "en", "regions": []}
    return endings.Success(of.id, of.attempt, output, "", {"queue_ms": 1}, {"device": "cpu"})


def crash(of: Claim, blame: Blame = Blame.CHANCE) -> endings.Failure:
    return endings.Failure(of.id, of.attempt, blame, "model_crashed", "The model crashed.")


def timeout(of: Claim) -> endings.Failure:
    return endings.Failure(of.id, of.attempt, Blame.TIMEOUT, "timeout", "It took too long.")


def reap() -> int:
    with events.recording() as log:
        return lifecycle.reap(log)


def lease_runs_out() -> None:
    Prediction.objects.filter(state="running").update(lease_until=timezone.now() - timedelta(1))


def kinds(prediction_id: int) -> list[str]:
    rows = Event.objects.filter(prediction_id=prediction_id).order_by("id")
    return list(rows.values_list("kind", flat=True))
