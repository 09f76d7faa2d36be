"""Receiving an upload: judged whole, stored whole, enqueued by being stored."""

import contextlib
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
)
from django.utils import timezone

from uploads import bus, events, statements
from uploads.catalog import named_images, offers
from uploads.catalog.holdings import Holdings
from uploads.catalog.params import plain_params, valid_params
from uploads.errors import Fault, KeyReused, StorageUnavailable, TooLarge
from uploads.event_kinds import Kind
from uploads.events import Actor
from uploads.file_names import clean_name
from uploads.intake import quota, validation
from uploads.intake.validation import Judged, Received
from uploads.models import Image, Prediction, Upload, User
from uploads.queue import lifecycle
from uploads.storage import (
    archive,
    archive_marker,
    disk,
    handover,
    keys,
    local,
    missing_thumbnails,
    removal,
    volume,
)
from uploads.storage.handover import Outgoing


@dataclass(frozen=True)
class UploadRequest:
    """What a client asks for with an upload."""

    files: list[Received]
    model: str
    model_version: str | None
    params: Any
    image_type: str
    idempotency_key: str | None
    is_partial: bool = False
    """Whether files that may be stored are stored although others may not."""


@dataclass(frozen=True)
class Reception:
    """What became of a request."""

    upload: Upload
    rejected: tuple[Fault, ...] = ()
    """One for each file that was left out, by its position in the request."""
    predictions: Sequence[Prediction] = ()
    """What was enqueued, each with its image; empty: the upload was there already."""
    held: Holdings | None = None
    """What workers had when it was enqueued."""


def receive(user: User, request: UploadRequest, actor: Actor) -> Reception:
    """Judges, stores and enqueues an upload: all of it or nothing, unless it may be partial.

    The same idempotency key with the same content gives the first upload again.

    Raises:
        UploadsError: the request cannot be accepted; nothing was stored.
    """
    if sum(file.size for file in request.files) > settings.MAX_UPLOAD_BYTES:
        raise TooLarge(f"An upload holds at most {settings.MAX_UPLOAD_BYTES / 1e6:g} MB.")
    params = plain_params(request.params)
    judged, rejected = validation.judge(request.files, is_partial=request.is_partial)
    content = _content_sha256(request)
    if request.idempotency_key:
        earlier = _earlier(user, request.idempotency_key, content)
        if earlier is not None:
            return Reception(earlier, rejected)
    choice = offers.choose(request.model, request.model_version)
    params = valid_params(choice, params)
    named_images.require(user.pk, choice, params)
    size = sum(one.received.size for one in judged if one.page == 1)
    first, last = judged[0], judged[-1]
    only = (first.position, first.name) if first.position == last.position else None
    quota.require(user, bytes_more=size, queued_more=len(judged), file=only)
    draft = Upload(
        user=user,
        model=choice.name,
        model_version=choice.version,
        params=params,
        idempotency_key=request.idempotency_key,
        content_sha256=content,
        address=actor.address,
        client=actor.client,
    )
    if problem := volume.problem():
        raise StorageUnavailable(problem)
    try:
        stored = _store(draft, judged, request, actor)
    except IntegrityError:
        # A request with the same key was faster: it is the first upload.
        earlier = _earlier(user, request.idempotency_key or "", content)
        if earlier is None:
            raise
        return Reception(earlier, rejected)
    return Reception(draft, rejected, stored, choice.held)


def _store(
    upload: Upload, judged: Sequence[Judged], request: UploadRequest, actor: Actor
) -> list[Prediction]:
    """Stores the files, then the rows that name them; gives the predictions with their images.

    The disk is waited for while no transaction is open: in one, all other writers would wait too.
    """
    upload.pk = _free_id(upload.user_id)
    upload.upload_path = keys.upload_path(upload.user_id, upload.pk)
    paths = [
        keys.image_path(upload.upload_path, one.position, one.name, one.page) for one in judged
    ]
    try:
        local.take_over(zip((one.received.path for one in judged), paths, strict=True))
        images = [_image(upload, *one, request) for one in zip(judged, paths, strict=True)]
        if handover.is_by_store():
            _hand_over(images)
        return _commit(upload, images, actor, is_named=bool(request.model_version))
    except Exception as error:
        if not _is_undecided(error):
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


def _is_undecided(error: Exception) -> bool:
    """Whether the rows may be there although the database did not say so.

    A connection that broke may bring it the end of the transaction late. What is left then without
    rows is found by the audit.
    """
    is_away = isinstance(error, OperationalError | InterfaceError) and not disk.is_full(error)
    return is_away and connection.vendor != "sqlite"


def _free_id(user_id: int) -> int:
    """An id under which no upload is stored, even where rows were copied without the sequence."""
    while True:
        pk = statements.next_upload_id()
        is_new = not local.path_of(keys.upload_path(user_id, pk)).exists()
        if is_new or not Upload.objects.filter(pk=pk).exists():
            return pk


def _remove_files(upload: Upload) -> None:
    """Removes what was stored for an upload whose rows did not get into the database."""
    with contextlib.suppress(DatabaseError, InterfaceError, OSError):
        if Upload.objects.filter(pk=upload.pk).exists():
            return
        if handover.is_by_store():
            removal.order_prefix(upload.upload_path)
        local.remove(upload.upload_path)


def _commit(
    upload: Upload, images: Sequence[Image], actor: Actor, *, is_named: bool
) -> list[Prediction]:
    with events.recording() as log:
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
    bus.after_commit(seqs=log.seqs, wake=True)
    return predictions


def _image(upload: Upload, judged: Judged, path: str, request: UploadRequest) -> Image:
    return Image(
        upload_id=upload.pk,
        position=judged.position,
        page=judged.page,
        pages=judged.pages,
        image_name=judged.name,
        image_type=request.image_type,
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


def _earlier(user: User, key: str, content: str) -> Upload | None:
    earlier = Upload.objects.filter(user=user, idempotency_key=key).first()
    if earlier is not None and earlier.content_sha256 != content:
        raise KeyReused
    return earlier


def _content_sha256(request: UploadRequest) -> str:
    """The SHA-256 of what an upload says: its fields, and its files' names and hashes in order."""
    content = {
        "model": request.model,
        "model_version": request.model_version,
        "params": request.params,
        "image_type": request.image_type,
        "files": [[clean_name(file.name), file.sha256] for file in request.files],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
