"""An upload's files, and then its rows: all of it, or nothing."""

import contextlib
from collections.abc import Sequence

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from uploads import statements
from uploads.catalog.offers import Choice
from uploads.errors import StorageUnavailable
from uploads.events import Actor
from uploads.intake import commits
from uploads.intake.commits import CommitUndecided, Draft
from uploads.intake.validation import Judged
from uploads.models import Image, Prediction, Upload
from uploads.storage import (
    archive_marker,
    handover,
    keys,
    local,
    missing_thumbnails,
    object_store,
    removal,
)
from uploads.storage.handover import Outgoing


def store(
    upload: Upload, judged: Sequence[Judged], actor: Actor, *, image_type: str, choice: Choice
) -> Sequence[Prediction]:
    """Stores the files, then the rows that name them; gives the predictions with their images.

    `upload` has a `free_id` for its id already, and the version of `choice`.

    The disk is waited for while no transaction is open: in one, all other writers would wait too.

    Raises:
        StorageUnavailable: the disk or the object store does not take a file; nothing is stored.
        DatabaseError, InterfaceError: nor are rows.
    """
    upload.upload_path = keys.upload_path(upload.user_id, upload.pk)
    paths = [
        keys.image_path(upload.upload_path, one.position, one.name, one.page) for one in judged
    ]
    try:
        local.take_over(zip((one.received.path for one in judged), paths, strict=True))
        images = [_image(upload, *one, image_type) for one in zip(judged, paths, strict=True)]
        if handover.is_by_store():
            _hand_over(images)
        return commits.commit(Draft(upload, images, actor, choice))
    except CommitUndecided:
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


def free_id(user_id: int) -> int:
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
