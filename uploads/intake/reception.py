"""Receiving an upload: judged whole, stored whole, enqueued by being stored."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.db import IntegrityError

from uploads.catalog import named_images, offers, sharing
from uploads.catalog.holdings import Holdings
from uploads.catalog.params import plain_params
from uploads.errors import Fault, KeyReused, StorageUnavailable, TooLarge
from uploads.events import Actor
from uploads.file_names import clean_name
from uploads.intake import quota, storing, validation
from uploads.intake.validation import Received
from uploads.models import Prediction, Upload, User
from uploads.storage import volume


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
    upload_id = cache(partial(storing.free_id, user.pk))
    choice, params = sharing.settle(choice, params, upload_id)
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
    draft.pk = upload_id()
    try:
        stored = storing.store(
            draft,
            judged,
            actor,
            image_type=request.image_type,
            choice=choice,
        )
    except IntegrityError:
        # A request with the same key was faster: it is the first upload.
        earlier = _earlier(user, request.idempotency_key or "", content)
        if earlier is None:
            raise
        return Reception(earlier, rejected)
    return Reception(draft, rejected, stored, choice.held)


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
