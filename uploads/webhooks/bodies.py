"""What a message says: made of its event when it is sent, so that it keeps nothing deleted."""

import json
from typing import Any, Final

from django.db.models import Count

from uploads import events, replay, representation
from uploads.event_kinds import ENDING
from uploads.models import Event, Prediction, Upload, WebhookDelivery
from uploads.states import State

FINISHED: Final = "upload.finished"
TEST: Final = "webhook.test"
KINDS: Final = (*(str(kind) for kind in ENDING.values()), FINISHED)
"""What can be asked for."""


def body_of(delivery: WebhookDelivery) -> bytes | None:
    """The message as it is sent, in JSON; None: what it tells of is there no more."""
    if delivery.event_seq is None:
        at = representation.timestamp(delivery.created_at)
        return _message(TEST, at, {"webhook": delivery.webhook_id})
    user_id = delivery.webhook.user_id
    if delivery.kind == FINISHED:
        return _finished(user_id, delivery)
    found = replay.read(user_id, after=delivery.event_seq - 1, limit=1)
    if not found or found[0]["seq"] != delivery.event_seq:
        return None
    return _message(delivery.kind, found[0]["at"], found[0]["data"])


def _finished(user_id: int, delivery: WebhookDelivery) -> bytes | None:
    uploads = Upload.objects.filter(user_id=user_id, deleted_at__isnull=True)
    upload = uploads.filter(pk=delivery.upload_id or 0).first()
    event = Event.objects.filter(user_id=user_id, seq=delivery.event_seq).first()
    if upload is None or event is None:
        return None
    return _message(FINISHED, representation.timestamp(event.at), finished_view(upload))


def finished_view(upload: Upload) -> dict[str, Any]:
    """An upload as REST gives it, its images by their ids alone: their results may be large."""
    images = upload.images.filter(deleted_at__isnull=True).order_by("position", "page")
    counted = (
        Prediction.objects.filter(image__upload=upload, image__deleted_at__isnull=True)
        .order_by()
        .values_list("state")
        .annotate(Count("pk"))
    )
    facts = events.upload_facts(upload, list(images.values_list("pk", flat=True)))
    counts = {str(state): 0 for state in State} | dict(counted)
    return {**facts, "params": upload.params, "counts": counts}


def _message(kind: str, at: str, data: dict[str, Any]) -> bytes:
    said = {"type": kind, "timestamp": at, "data": data}
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode(errors="replace")
