"""What users can do with what they uploaded: run another model, cancel, try again, delete."""

import contextlib
from typing import Any

from django.utils import timezone

from tracing import spans
from uploads import bus, erasure, events, states
from uploads.catalog import named_images, offers, sharing
from uploads.catalog.params import plain_params
from uploads.errors import NotCancelable, NotRetryable, SourceGone
from uploads.event_kinds import Kind
from uploads.events import Actor, Log
from uploads.intake import quota
from uploads.models import Image, Prediction, Upload
from uploads.queue import lifecycle
from uploads.queue.rows import lock_all
from uploads.states import IllegalMove, Move, State
from uploads.storage import local, object_store, removal


def predict_again(
    image: Image, model: str, version: str | None, params: Any, actor: Actor
) -> Prediction:
    """Runs another model (or version, or the same with other parameters) over a stored image.

    Raises:
        UploadsError: the request cannot be accepted.
    """
    choice = offers.choose(model, version)
    choice, valid = sharing.settle(choice, plain_params(params), lambda: image.upload_id)
    user = image.upload.user
    named_images.require(user.pk, choice, valid)
    quota.require(user, bytes_more=0, queued_more=1)
    _require_source(image)
    prediction = Prediction(
        image=image,
        user=user,
        model=choice.name,
        model_version=choice.version,
        version_named=choice.is_named,
        traffic_split=choice.split_id,
        params=valid,
        traceparent=spans.current(),
    )
    with events.recording() as log:
        hold_image(image)
        _require_source(image)
        lifecycle.enqueue([lifecycle.Entry([prediction], actor)], log)
    bus.after_commit(seqs=log.seqs, wake=True)
    return prediction


def cancel(prediction: Prediction, actor: Actor) -> Prediction:
    """Calls a prediction off; a running one ends as soon as its worker has stopped it.

    Raises:
        NotCancelable: it has ended.
    """
    try:
        with events.recording() as log:
            fresh = lifecycle.cancel(prediction.pk, actor, log)
    except IllegalMove:
        raise NotCancelable from None
    running = fresh.state == State.RUNNING
    bus.after_commit(seqs=log.seqs, cancel=running)
    return fresh


def retry(prediction: Prediction, actor: Actor) -> Prediction:
    """Gives a failed or canceled prediction another chance.

    Raises:
        NotRetryable: it has not ended, or it succeeded.
        SourceGone: its image is no longer stored.
        ModelUnavailable: no worker that lives can serve its model.
        QuotaExceeded: its user has as many queued as they may.
    """
    _require_source(prediction.image)
    try:
        prediction.refresh_from_db(fields=["state"])
        states.after(State(prediction.state), Move.REQUEUE)
        quota.require(prediction.user, bytes_more=0, queued_more=1)
        with events.recording() as log:
            hold_image(prediction.image)
            _require_source(prediction.image)
            version = sharing.after_rollback(prediction)
            fresh = lifecycle.requeue(prediction.pk, actor, log, version=version)
            offers.require_served(fresh.model, fresh.model_version, is_named=fresh.version_named)
    except IllegalMove:
        raise NotRetryable from None
    bus.after_commit(seqs=log.seqs, wake=True)
    return fresh


def move_to_front(prediction: Prediction, actor: Actor) -> Prediction:
    """Has a prediction that waits be claimed before all that came by their turn.

    Raises:
        NotWaiting: it is not queued.
        FrontIsFull: as many of its model are in front as may be.
    """
    with events.recording() as log:
        fresh = lifecycle.move_to_front(prediction.pk, actor, log)
    bus.after_commit(wake=True)
    return fresh


def delete(upload: Upload, actor: Actor) -> None:
    """Deletes an upload: what runs is canceled, contents and files go, facts stay for the audit.

    Contents are also what its user wrote: names, hints and parameters, in rows and in events.

    The files' removal is itself a row, so that it happens also if this process dies
    or the disk is away now.
    """
    with events.recording() as log:
        _hold(upload.pk)
        _delete_held(upload, actor, log)
    with contextlib.suppress(OSError):
        local.remove(upload.upload_path)
    bus.after_commit(seqs=log.seqs, wake=True)


def delete_image(image: Image, actor: Actor) -> None:
    """Deletes one image as `delete` does an upload; with the last one its upload is deleted.

    Raises:
        SourceGone: it is deleted already.
    """
    upload = image.upload
    with events.recording() as log:
        hold_image(image)
        if upload.images.filter(deleted_at=None).exclude(pk=image.pk).exists():
            gone = _delete_image_held(image, actor, log)
        else:
            gone = [upload.upload_path]
            _delete_held(upload, actor, log)
    for prefix in gone:
        with contextlib.suppress(OSError):
            local.remove(prefix)
    bus.after_commit(seqs=log.seqs, wake=True)


def pin(image: Image, actor: Actor, *, is_pinned: bool) -> None:
    """Has retention leave an image's local files alone, or treat it as any other again.

    Raises:
        SourceGone: it is deleted.
    """
    with events.recording() as log:
        hold_image(image)
        rows = Image.objects.filter(pk=image.pk, pinned_at__isnull=is_pinned)
        image.pinned_at = timezone.now() if is_pinned else None
        if rows.update(pinned_at=image.pinned_at):
            log.add(
                Kind.IMAGE_PINNED if is_pinned else Kind.IMAGE_UNPINNED,
                user_id=image.upload.user_id,
                actor=actor,
                upload_id=image.upload_id,
                image_id=image.pk,
                facts={"id": image.pk},
            )
    bus.after_commit(seqs=log.seqs)


def _delete_image_held(image: Image, actor: Actor, log: Log) -> list[str]:
    active = lock_all(Prediction.objects.filter(image=image))
    erasure.erase_params_of(image)
    for pk in active:
        lifecycle.cancel_now(pk, actor, log)
    gone = removal.order_image(image)
    erasure.erase_contents_of(image)
    Image.objects.filter(pk=image.pk).update(deleted_at=timezone.now())
    log.add(
        Kind.IMAGE_DELETED,
        user_id=image.upload.user_id,
        actor=actor,
        upload_id=image.upload_id,
        image_id=image.pk,
        facts={"id": image.pk},
    )
    return gone


def _delete_held(upload: Upload, actor: Actor, log: Log) -> None:
    active = lock_all(Prediction.objects.filter(image__upload=upload))
    erasure.erase_params(upload)
    for pk in active:
        lifecycle.cancel_now(pk, actor, log)
    erasure.erase_contents(upload)
    removal.order(upload)
    log.add(
        Kind.UPLOAD_DELETED,
        user_id=upload.user_id,
        actor=actor,
        upload_id=upload.pk,
        model=upload.model,
        model_version=upload.model_version,
        facts={"id": upload.pk},
    )
    upload.deleted_at = timezone.now()
    upload.save()


def _hold(upload_id: int) -> None:
    """Keeps an upload from being deleted until this transaction ends.

    Raises:
        SourceGone: it is deleted already.
    """
    # As a foreign key would take it: rows that name the upload are inserted all the while.
    rows = Upload.objects.select_for_update(no_key=True)
    kept = rows.filter(pk=upload_id, deleted_at__isnull=True)
    if not kept.exists():
        raise SourceGone


def hold_image(image: Image) -> None:
    """The same for an image, with its upload.

    Raises:
        SourceGone: it is deleted already.
    """
    _hold(image.upload_id)
    if not Image.objects.filter(pk=image.pk, deleted_at=None).exists():
        raise SourceGone


def _require_source(image: Image) -> None:
    is_archived = bool(image.archived_at) and object_store.is_configured()
    if not image.image_path or not (is_archived or local.path_of(image.image_path).is_file()):
        raise SourceGone
