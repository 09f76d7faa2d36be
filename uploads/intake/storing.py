"""An upload's files, and then its rows: all of it, or nothing."""

import contextlib
from collections.abc import Sequence

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils import timezone

from uploads import bus, events, statements
from uploads.errors import StorageUnavailable
from uploads.event_kinds import Kind
from uploads.events import Actor, Log
from uploads.intake.validation import Judged
from uploads.models import Image, Prediction, Upload
from uploads.queue import lifecycle
from uploads.storage import (
    archive,
    archive_marker,
    disk,
    handover,
    keys,
    local,
    missing_thumbnails,
    object_store,
    removal,
)
from uploads.storage.handover import Outgoing


class _CommitUndecided(OperationalError):
    """The connection broke at the end of the transaction, which may yet reach the database.

    So the files stay: what is left without rows then is found by the audit.
    """


def store(
    upload: Upload, judged: Sequence[Judged], actor: Actor, *, image_type: str, is_named: bool
) -> list[Prediction]:
    """Stores the files, then the rows that name them; gives the predictions with their images.

    The disk is waited for while no transaction is open: in one, all other writers would wait too.
    `is_named`: the request named the model's version.

    Raises:
        StorageUnavailable: the disk or the object store does not take a file; nothing is stored.
        DatabaseError, InterfaceError: nor are rows.
    """
    upload.pk = _free_id(upload.user_id)
    upload.upload_path = keys.upload_path(upload.user_id, upload.pk)
    paths = [
        keys.image_path(upload.upload_path, one.position, one.name, one.page) for one in judged
    ]
    try:
        local.take_over(zip((one.received.path for one in judged), paths, strict=True))
        images = [_image(upload, *one, image_type) for one in zip(judged, paths, strict=True)]
        if handover.is_by_store():
            _hand_over(images)
        return _commit(upload, images, actor, is_named=is_named)
    except _CommitUndecided:
        raise
    except Exception:
        _remove_files(upload)
        raise


def _hand_over(images: Sequence[Image]) -> None:
    """Puts originals into the object store, each document once.

    Raises:
        StorageUnavailable: it does not take one of them, or is another database's.
    """
    if not connection.in_atomic_block:
        # Others may have it while the store is waited for.
        connection.close()
    if problem := archive_marker.problem(is_patient=False):
        raise StorageUnavailable(problem)
    handover.send(
        [
            Outgoing(image.image_path, image.content_type, image.sha256)
            for image in images
            if image.page == 1
        ]
    )
    now = timezone.now()
    for image in images:
        image.archived_at = now


def _free_id(user_id: int) -> int:
    """An id under which no upload is stored, even where rows were copied without the sequence."""
    while True:
        pk = statements.next_upload_id()
        is_new = not local.path_of(keys.upload_path(user_id, pk)).exists()
        if is_new or not Upload.objects.filter(pk=pk).exists():
            return pk


def _remove_files(upload: Upload) -> None:
    """Removes what was stored for an upload whose rows did not get into the database."""
    with contextlib.suppress(DatabaseError, InterfaceError):
        if Upload.objects.filter(pk=upload.pk).exists():
            return
    with contextlib.suppress(OSError):
        local.remove(upload.upload_path)
    if not handover.is_by_store():
        return
    try:
        # By a row, which lasts until nothing can arrive any more that is under way.
        removal.order_prefix(upload.upload_path)
    except (DatabaseError, InterfaceError):
        with contextlib.suppress(StorageUnavailable):
            object_store.store(is_patient=False).remove(f"{upload.upload_path}/")


def _commit(
    upload: Upload, images: Sequence[Image], actor: Actor, *, is_named: bool
) -> list[Prediction]:
    log = Log()
    try:
        predictions = _insert(upload, images, actor, log, is_named=is_named)
    except (OperationalError, InterfaceError) as error:
        if log.is_written and connection.vendor != "sqlite" and not disk.is_full(error):
            raise _CommitUndecided(*error.args) from error
        raise
    bus.after_commit(seqs=log.seqs, wake=True)
    return predictions


def _insert(
    upload: Upload, images: Sequence[Image], actor: Actor, log: Log, *, is_named: bool
) -> list[Prediction]:
    with events.recording(log):
        statements.UPLOAD.insert([upload])
        statements.IMAGE.insert(images)
        archive.enqueue_originals(images)
        predictions = [_prediction(upload, image, is_named=is_named) for image in images]
        log.add(
            Kind.UPLOAD_CREATED,
            user_id=upload.user_id,
            actor=actor,
            upload_id=upload.pk,
            model=upload.model,
            model_version=upload.model_version,
            facts=events.upload_facts(upload, [image.pk for image in images]),
        )
        for image in images:
            if image.archived_at is not None:
                archive.note_archived(image, upload.user_id, actor, log)
        lifecycle.enqueue(predictions, upload_id=upload.pk, actor=actor, log=log)
    return predictions


def _image(upload: Upload, judged: Judged, path: str, image_type: str) -> Image:
    return Image(
        upload_id=upload.pk,
        position=judged.position,
        page=judged.page,
        pages=judged.pages,
        image_name=judged.name,
        image_type=image_type,
        image_path=path,
        content_type=judged.content_type,
        width=judged.width,
        height=judged.height,
        orientation=judged.orientation,
        size=judged.received.size,
        sha256=judged.received.sha256,
        thumbnail_due=missing_thumbnails.first_due(),
    )


def _prediction(upload: Upload, image: Image, *, is_named: bool) -> Prediction:
    return Prediction(
        image=image,
        user_id=upload.user_id,
        model=upload.model,
        model_version=upload.model_version,
        version_named=is_named,
        params=upload.params,
    )
