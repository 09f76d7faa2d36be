"""What happened to an upload or an image, line by line, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from uploads.admin.links import Names, link_to
from uploads.admin.words import client_in_words
from uploads.event_kinds import Kind
from uploads.models import Event, Image, Prediction

WORDS: Final = {
    Kind.UPLOAD_CREATED: "Uploaded",
    Kind.UPLOAD_DELETED: "Upload deleted",
    Kind.IMAGE_DELETED: "Image deleted",
    Kind.IMAGE_THUMBNAILED: "Thumbnail made",
    Kind.PREDICTION_QUEUED: "Queued",
    Kind.PREDICTION_STARTED: "Started",
    Kind.PREDICTION_REQUEUED: "Queued again",
    Kind.PREDICTION_SUCCEEDED: "Succeeded",
    Kind.PREDICTION_CORRECTED: "Text corrected",
    Kind.PREDICTION_FAILED: "Failed",
    Kind.PREDICTION_CANCELED: "Canceled",
    Kind.IMAGE_ARCHIVED: "Archived",
    Kind.IMAGE_PURGED: "Local copy removed",
    Kind.IMAGE_PINNED: "Pinned: local copy stays",
    Kind.IMAGE_UNPINNED: "Unpinned",
    Kind.CANCEL_REQUESTED: "Cancellation asked for",
    Kind.MOVED_TO_FRONT: "Moved to the front",
    Kind.FILE_DOWNLOADED: "Downloaded",
    Kind.IMAGES_EXPORTED: "Taken along",
    Kind.IMAGE_VIEWED: "Viewed in the admin",
    Kind.SIGNED_IN: "Signed in",
    Kind.SIGNED_OUT: "Signed out",
    Kind.PASSWORD_CHANGED: "Password changed",
    Kind.ACCOUNT_DELETED: "Account deleted by its user",
    Kind.SESSIONS_ENDED: "All sign-ins ended",
    Kind.SIGN_IN_FAILED: "Failed to sign in",
    Kind.LIMITS_CHANGED: "Limits changed",
    Kind.REFRESH_REUSED: "Spent token used again",
    Kind.KEY_CREATED: "API key made",
    Kind.KEY_REVOKED: "API key revoked",
    Kind.WEBHOOK_CREATED: "Webhook made",
    Kind.WEBHOOK_CHANGED: "Webhook changed",
    Kind.WEBHOOK_DELETED: "Webhook deleted",
    Kind.WEBHOOK_DISABLED: "Webhook disabled",
    Kind.LOAD_REQUESTED: "Load asked for",
    Kind.UNLOAD_REQUESTED: "Unload asked for",
    Kind.QUEUE_PAUSED: "Queue paused",
    Kind.QUEUE_RESUMED: "Queue resumed",
    Kind.SPLIT_STARTED: "Traffic split",
    Kind.SPLIT_CHANGED: "Split of traffic changed",
    Kind.SPLIT_FINISHED: "Split of traffic finished",
    Kind.SPLIT_ROLLED_BACK: "Split of traffic rolled back",
    Kind.SPLIT_REMOVED: "Split of traffic removed",
    Kind.DRAIN_REQUESTED: "Drain asked for",
    Kind.DRAIN_WITHDRAWN: "Drain withdrawn",
    Kind.EVENTS_EXPORTED: "Events taken along",
    Kind.EVENTS_PRUNED: "Old events removed",
}

EVENTS_SHOWN: Final = 1000

_SHA256_SHOWN: Final = 12


@dataclass(frozen=True)
class Line:
    """One event as a page shows it; what is HTML is marked as such."""

    at: datetime
    kind: str
    what: str
    image: str
    prediction: str
    attempt: int | None
    by: str
    """Who did it: a person, else the worker."""
    address: str
    client: str
    """As it named itself."""
    with_what: str
    """In words."""
    detail: str


def of_upload(pk: int) -> list[Line]:
    """What happened to an upload and to everything in it, oldest first."""
    events = _events(Q(upload_id=pk))
    names = _names(events)
    return [_line(event, names) for event in events]


def of_image(
    image: Image, *, workers: Iterable[str], users: Iterable[int]
) -> tuple[list[Line], Names]:
    """What happened to an image, its upload as a whole included, oldest first; and the names in
    it, with those of these workers and users."""
    events = _events(Q(upload_id=image.upload_id) & (Q(image_id=image.pk) | Q(image_id=None)))
    names = _names(events, workers, users)
    return [_line(event, names) for event in events], names


def words_of(kind: str) -> str:
    """What a kind of event is called; one that this version does not know, by its code."""
    return WORDS[Kind(kind)] if kind in set(Kind) else kind


def _events(which: Q) -> list[Event]:
    return list(Event.objects.filter(which).order_by("id")[:EVENTS_SHOWN])


def _names(
    events: Sequence[Event], workers: Iterable[str] = (), users: Iterable[int] = ()
) -> Names:
    return Names(
        users=[*users, *(event.actor_id for event in events)],
        workers=[*workers, *(event.worker for event in events)],
        versions=True,
    )


def _line(event: Event, names: Names) -> Line:
    return Line(
        at=event.at,
        kind=event.kind,
        what=words_of(event.kind),
        image=link_to(Image, event.image_id, event.image_id),
        prediction=link_to(Prediction, event.prediction_id, event.prediction_id),
        attempt=event.attempt,
        by=names.user(event.actor_id) or names.worker(event.worker) or "worker",
        address=event.address or "",
        client=event.client,
        with_what=client_in_words(event.client),
        detail=_detail(event),
    )


def _detail(event: Event) -> str:
    """The model and its weights, why it was done, what went wrong."""
    error: dict[str, Any] = event.facts.get("error") or {}
    parts = [
        f"{event.model} {event.model_version}".strip(),
        f"weights {event.model_sha256[:_SHA256_SHOWN]}" if event.model_sha256 else "",
        event.reason,
        event.error_code,
        str(error.get("message", "")),
    ]
    return " · ".join(part for part in parts if part)
