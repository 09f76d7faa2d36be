"""Receiving an upload: judged whole, stored whole, enqueued by being stored."""

import contextlib
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError, IntegrityError, InterfaceError, transaction

from uploads import bus, events
from uploads.catalog import named_images, offers
from uploads.catalog.params import plain_params, valid_params
from uploads.errors import Fault, KeyReused, StorageUnavailable, TooLarge
from uploads.event_kinds import Kind
from uploads.events import Actor
from uploads.file_names import clean_name
from uploads.intake import quota, validation
from uploads.intake.validation import Judged, Received
from uploads.models import Image, Prediction, Upload, User
from uploads.queue import lifecycle
from uploads.storage import local, volume


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
    hashes = [local.sha256_of(file.path) for file in request.files]
    content = _content_sha256(request, hashes)
    if request.idempotency_key:
        earlier = _earlier(user, request.idempotency_key, content)
        if earlier is not None:
            return Reception(earlier, rejected)
    choice = offers.choose(request.model, request.model_version)
    params = valid_params(choice, params)
    named_images.require(user.pk, choice, params)
    size = sum(one.received.size for one in judged)
    quota.require(user, bytes_more=size, queued_more=len(judged))
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
        return Reception(_store(draft, judged, hashes, request, actor), rejected)
    except IntegrityError:
        # A request with the same key was faster: it is the first upload.
        earlier = _earlier(user, request.idempotency_key or "", content)
        if earlier is None:
            raise
        return Reception(earlier, rejected)


def _store(
    upload: Upload,
    judged: Sequence[Judged],
    hashes: Sequence[str],
    request: UploadRequest,
    actor: Actor,
) -> Upload:
    try:
        return _commit(upload, judged, hashes, request, actor)
    except Exception:
        _remove_files(upload)
        raise


def _remove_files(upload: Upload) -> None:
    """Removes what was stored for an upload whose rows did not get into the database."""
    if not upload.upload_path:
        return
    with contextlib.suppress(DatabaseError, InterfaceError, OSError), transaction.atomic():
        # SQLite gives the number of this folder away again; nobody takes it in here.
        if not Upload.objects.filter(pk=upload.pk).exists():
            local.remove(upload.upload_path)


def _commit(
    upload: Upload,
    judged: Sequence[Judged],
    hashes: Sequence[str],
    request: UploadRequest,
    actor: Actor,
) -> Upload:
    with events.recording() as log:
        upload.save(force_insert=True)
        upload.upload_path = local.upload_path(upload.user_id, upload.pk)
        upload.save(update_fields=["upload_path"])
        images = [
            Image(
                upload=upload,
                position=one.position,
                image_name=one.name,
                image_type=request.image_type,
                image_path=local.image_path(upload.upload_path, one.position, one.name),
                content_type=one.content_type,
                width=one.width,
                height=one.height,
                orientation=one.orientation,
                size=one.received.size,
                sha256=hashes[one.position],
            )
            for one in judged
        ]
        moves = [
            (one.received.path, image.image_path) for one, image in zip(judged, images, strict=True)
        ]
        local.take_over(moves)
        Image.objects.bulk_create(images)
        log.add(
            Kind.UPLOAD_CREATED,
            user_id=upload.user_id,
            actor=actor,
            upload_id=upload.pk,
            model=upload.model,
            model_version=upload.model_version,
            facts=events.upload_facts(upload, [image.pk for image in images]),
        )
        lifecycle.enqueue(
            [_prediction(upload, image, is_named=bool(request.model_version)) for image in images],
            upload_id=upload.pk,
            actor=actor,
            log=log,
        )
    bus.after_commit(seqs=log.seqs, wake=True)
    return upload


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


def _content_sha256(request: UploadRequest, hashes: Sequence[str]) -> str:
    """The SHA-256 of what an upload says: its fields, and its files' names and hashes in order."""
    content = {
        "model": request.model,
        "model_version": request.model_version,
        "params": request.params,
        "image_type": request.image_type,
        "files": [
            [clean_name(file.name), sha256]
            for file, sha256 in zip(request.files, hashes, strict=True)
        ],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
