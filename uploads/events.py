"""Events: written in the transaction of what they tell; `replay` reads them back."""

import logging
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection, transaction
from django.dispatch import Signal
from django.utils import timezone

from strictjson.values import plain_text
from tracing.traceparent import log_fields
from uploads import addresses, columns, representation, statements
from uploads.event_kinds import AUDIT_ONLY, Kind
from uploads.models import Event, EventStream, Image, Prediction, Upload, lengths
from uploads.raw_rows import places

logger = logging.getLogger("darkroom.events")

_STREAMS: Final = EventStream._meta.db_table
_COUNT: Final = (
    f"INSERT INTO {_STREAMS} (user_id, epoch, last_seq) VALUES {{places}} "  # noqa: S608
    f"ON CONFLICT (user_id) DO UPDATE SET last_seq = {_STREAMS}.last_seq + excluded.last_seq "
    "RETURNING user_id, last_seq"
)


@dataclass(frozen=True)
class Actor:
    """Who did it: a user with an address and a client, or (without an id) a worker."""

    id: int | None = None
    address: str | None = None
    """As a column keeps it; None also for what is no IP address."""
    client: str = ""
    """As much of what it calls itself as a column keeps."""
    reason: str = ""
    """Why they did it, where somebody was asked."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", addresses.storable(self.address))
        object.__setattr__(self, "client", plain_text(self.client, lengths.CLIENT))
        object.__setattr__(self, "reason", plain_text(self.reason, lengths.WHY))


A_WORKER: Final = Actor()

recorded: Final = Signal()
"""Sent with `events`, once those of a transaction are committed, in the process that wrote them."""


@dataclass
class Log:
    """The events of one transaction."""

    drafts: list[Event] = field(default_factory=list)
    seqs: dict[int, int] = field(default_factory=dict)
    """After the transaction: the newest `seq` of every user it told something."""
    is_written: bool = False
    """All of the transaction was said, but for its end."""

    def add(self, kind: Kind, *, user_id: int, actor: Actor, **facts: Any) -> None:
        """Notes one event; it is written when the transaction ends."""
        self.drafts.append(
            Event(
                kind=str(kind),
                user_id=user_id,
                actor_id=actor.id,
                address=actor.address,
                client=actor.client,
                reason=actor.reason,
                at=timezone.now(),
                **facts,
            )
        )

    def add_prediction(
        self,
        kind: Kind,
        prediction: Prediction,
        upload_id: int,
        actor: Actor,
        *,
        of_attempt: bool = True,
        error_code: str | None = None,
        worker: str = "",
    ) -> None:
        """Notes an event of a prediction as it stands now.

        `of_attempt` is false for what happens while no attempt is running; `worker` is whoever
        held the prediction when it happened.
        """
        self.add(
            kind,
            user_id=prediction.user_id,
            actor=actor,
            upload_id=upload_id,
            image_id=prediction.image_id,
            prediction_id=prediction.pk,
            attempt=prediction.attempt if of_attempt else None,
            worker=worker,
            model=prediction.model,
            model_version=prediction.model_version,
            model_sha256=(prediction.provenance or {}).get("model_sha256", ""),
            error_code=prediction.error_code if error_code is None else error_code,
            facts=representation.event_facts(prediction, upload_id),
        )
        self.drafts[-1].traceparent = prediction.traceparent

    def add_thumbnail(self, image: Image, *, user_id: int, traceparent: str | None = None) -> None:
        """Notes that an image has a thumbnail; whose trace it is, where that is known."""
        self.add(
            Kind.IMAGE_THUMBNAILED,
            user_id=user_id,
            actor=A_WORKER,
            upload_id=image.upload_id,
            image_id=image.pk,
            facts={"id": image.pk, "thumbnail": representation.thumbnail_address(image)},
        )
        self.drafts[-1].traceparent = traceparent


@contextmanager
def recording(log: Log | None = None) -> Iterator[Log]:
    """A transaction that ends by writing the events noted in it, counters last.

    Users' counters are taken in the order of their ids, so that two such
    transactions never wait for each other in a circle.
    """
    with writing(log) as written:
        yield written
    tell(written.drafts)


@contextmanager
def writing(log: Log | None = None) -> Iterator[Log]:
    """As `recording`, for who tells of the events by itself."""
    log = log or Log()
    with transaction.atomic():
        yield log
        _write(log)
        log.is_written = True


def tell(written: Sequence[Event]) -> None:
    """Logs events that are committed, and tells who listens in this process."""
    for event in written:
        logger.info(event.kind, extra=_ids(event))
    recorded.send_robust(sender=Log, events=written)


def _ids(event: Event) -> dict[str, Any]:
    """What a log line says of an event."""
    ids = {
        "user": event.user_id,
        "upload": event.upload_id,
        "image": event.image_id,
        "prediction": event.prediction_id,
        "attempt": event.attempt,
        "seq": event.seq,
        "code": event.error_code or None,
        "actor": event.actor_id,
    }
    told = {name: value for name, value in ids.items() if value is not None}
    return told | log_fields(event.traceparent)


def _write(log: Log) -> None:
    """Numbers and inserts the events: two statements, however many they are."""
    by_user: dict[int, list[Event]] = defaultdict(list)
    for event in log.drafts:
        columns.check(event)
        if event.kind not in AUDIT_ONLY:
            by_user[event.user_id].append(event)
    log.seqs |= _advance({user_id: len(drafts) for user_id, drafts in by_user.items()})
    for user_id, drafts in by_user.items():
        last = log.seqs[user_id]
        for seq, event in enumerate(drafts, start=last - len(drafts) + 1):
            event.seq = seq
    if log.drafts:
        statements.EVENT.insert(log.drafts)


def _advance(by: dict[int, int]) -> dict[int, int]:
    """Moves users' counters on and returns them; the rows stay locked to the transaction's end."""
    if not by:
        return {}
    epoch = EventStream._meta.get_field("epoch")
    values: list[Any] = []
    for user_id in sorted(by):
        values += [user_id, epoch.get_db_prep_value(uuid.uuid4(), connection), by[user_id]]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(places=places(3, len(by))), values)
        return dict(cursor.fetchall())


def upload_facts(upload: Upload, image_ids: Sequence[int]) -> dict[str, Any]:
    """What an event keeps of an upload."""
    return {
        "id": upload.pk,
        "model": upload.model,
        "model_version": upload.model_version,
        "created_at": representation.timestamp(upload.created_at),
        "images": list(image_ids),
    }
