"""Uploads become rows: those that come at the same time in one transaction.

A commit waits for the disk, and on SQLite all other writers wait with it. So what has come
meanwhile has the next one in common: each request is still answered after its own rows are on the
disk, and not one of them fails for another's sake.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import InterfaceError, OperationalError, connection

from tracing import spans
from uploads import bus, events, statements
from uploads.catalog.offers import Choice
from uploads.event_kinds import Kind
from uploads.events import Actor, Log
from uploads.models import Event, Image, Prediction, Upload
from uploads.queue import lifecycle
from uploads.queue.lifecycle import Entry
from uploads.storage import archive, disk
from uploads.together import Together

MOST_IMAGES: Final = 200
"""In one transaction, unless one upload alone has more."""


@dataclass(frozen=True)
class Draft:
    """An upload whose files are stored, with the images that it shall have."""

    upload: Upload
    images: Sequence[Image]
    actor: Actor
    choice: Choice
    """Of its model and version."""
    traceparent: str | None = field(default_factory=spans.current)
    """Of its request: another one's thread may insert it."""


class CommitUndecided(OperationalError):
    """The connection broke at the end of the transaction, which may yet reach the database.

    So the files stay: what is left without rows then is found by the audit.
    """


def commit(draft: Draft) -> Sequence[Prediction]:
    """Inserts an upload with its images, and enqueues a prediction for each; gives these.

    Raises:
        CommitUndecided: it may have been inserted.
        DatabaseError, InterfaceError: nothing of it was inserted.
    """
    if connection.in_atomic_block:
        # The caller's transaction, which no other thread sees.
        predictions, told = _commit([draft])[0]
    else:
        predictions, told = _together.call(draft)
    # By this thread, whose log lines carry this request's id.
    events.tell(told)
    upload = draft.upload
    spans.note(
        {
            "darkroom.upload.id": upload.pk,
            "darkroom.images": len(predictions),
            "darkroom.model": upload.model,
            "darkroom.model.version": upload.model_version,
        }
    )
    return predictions


def _commit(drafts: Sequence[Draft]) -> list[tuple[Sequence[Prediction], Sequence[Event]]]:
    """Each upload's predictions and events."""
    log = Log()
    try:
        entries = _insert(drafts, log)
    except (OperationalError, InterfaceError) as error:
        if log.is_written and connection.vendor != "sqlite" and not disk.is_full(error):
            raise CommitUndecided(*error.args) from error
        raise
    bus.after_commit(seqs=log.seqs, wake=True)
    by_upload: dict[int | None, list[Event]] = {}
    for event in log.drafts:
        by_upload.setdefault(event.upload_id, []).append(event)
    return [
        (entry.predictions, by_upload[draft.upload.pk])
        for draft, entry in zip(drafts, entries, strict=True)
    ]


def _insert(drafts: Sequence[Draft], log: Log) -> list[Entry]:
    """Inserts all rows; gives what was enqueued for each upload."""
    for draft in drafts:
        for image in draft.images:
            # Of a transaction that was undone.
            image.pk = None
    with events.writing(log):
        statements.UPLOAD.insert([draft.upload for draft in drafts])
        images = [image for draft in drafts for image in draft.images]
        statements.IMAGE.insert(images)
        archive.enqueue_originals(images)
        entries = [
            Entry([_prediction(draft, image) for image in draft.images], draft.actor)
            for draft in drafts
        ]
        for draft in drafts:
            upload = draft.upload
            log.add(
                Kind.UPLOAD_CREATED,
                user_id=upload.user_id,
                actor=draft.actor,
                upload_id=upload.pk,
                model=upload.model,
                model_version=upload.model_version,
                facts=events.upload_facts(upload, [image.pk for image in draft.images]),
            )
            for image in draft.images:
                if image.archived_at is not None:
                    archive.note_archived(image, upload.user_id, draft.actor, log)
        lifecycle.enqueue(entries, log)
    return entries


_together: Final = Together(
    _commit,
    # A database that is away is so for all of them.
    shared=(OperationalError, InterfaceError),
    size=lambda draft: len(draft.images),
    most=MOST_IMAGES,
)


def _prediction(draft: Draft, image: Image) -> Prediction:
    upload = draft.upload
    return Prediction(
        image=image,
        user_id=upload.user_id,
        model=upload.model,
        model_version=upload.model_version,
        version_named=draft.choice.is_named,
        traffic_split=draft.choice.split_id,
        params=upload.params,
        traceparent=draft.traceparent,
    )
