"""What is to be copied to the archive, who copies it, and what became of it.

A row of `ArchiveTask` stands for each file that is not there yet: inserted by the transaction that
names the file, deleted by the one that notes the copy. Taking one moves its `due` on, as a lease
does. No fence is needed: keys are immutable, so two copies of a file are the same copy.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from uploads import events
from uploads.event_kinds import Kind
from uploads.events import A_WORKER, Actor, Log
from uploads.models import ArchiveTask, Image, Prediction
from uploads.raw_rows import Columns
from uploads.storage import handover, local, object_store, removal
from uploads.storage.object_store import Differs, ObjectStore, Refused

logger = logging.getLogger("darkroom.archive")

LEASES: Final = 2
"""For so many leases of a prediction a file is its taker's without a sign of life."""
AT_ONCE: Final = timedelta()
LATER: Final = timedelta(hours=1)
"""When a file is tried again that cannot be copied as it is."""
MOST_COUNTED: Final = 10_000
_TASK: Final = Columns(ArchiveTask)


@dataclass(frozen=True)
class Task:
    """A file to be copied. `sha256` is empty for a result, whose bytes say it."""

    id: int
    key: str
    sha256: str
    content_type: str
    upload_id: int


@dataclass(frozen=True)
class Backlog:
    """How many files wait, counted up to `MOST_COUNTED`, and since when the first of them does."""

    files: int
    since: datetime | None


@dataclass(frozen=True)
class Copied:
    """The archive holds the file, and was asked whether it does."""

    task: Task


@dataclass(frozen=True)
class NotCopied:
    """The file cannot be copied as it is; the archive itself is well."""

    task: Task
    reason: str


def lease() -> timedelta:
    """How long a file is its taker's without a sign of life."""
    return timedelta(seconds=LEASES * settings.LEASE_SECONDS)


def enqueue_originals(images: Iterable[Image]) -> None:
    """Notes these originals for the archive, where there is one; in the caller's transaction.

    The pages of a document are one file, which is copied once, under the key of its first page.
    """
    _enqueue(_original(image) for image in images if image.page == 1)


def enqueue_results(predictions: Iterable[Prediction]) -> None:
    """Notes the result files of these, each with its image; in the caller's transaction."""
    _enqueue(_result(one) for one in predictions if one.output_path)


def _enqueue(tasks: Iterable[ArchiveTask]) -> None:
    # Where the store hands files over they are in it already.
    if not object_store.is_configured() or handover.is_by_store():
        return
    if rows := list(tasks):
        _TASK.insert(rows)


def _original(image: Image) -> ArchiveTask:
    return ArchiveTask(
        key=image.image_path,
        upload_id=image.upload_id,
        image_id=image.pk,
        sha256=image.sha256,
        content_type=image.content_type,
    )


def _result(prediction: Prediction) -> ArchiveTask:
    return ArchiveTask(
        key=prediction.output_path,
        upload_id=prediction.image.upload_id,
        content_type=prediction.output_content_type,
    )


def take(limit: int) -> list[Task]:
    """Takes up to so many files that are due, those that wait longest first."""
    now = timezone.now()
    due = ArchiveTask.objects.filter(due__lte=now).order_by("due", "pk")
    if not due.exists():
        return []
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        rows = list(due[:limit])
        ArchiveTask.objects.filter(pk__in=[row.pk for row in rows]).update(due=now + lease())
    return [Task(row.pk, row.key, row.sha256, row.content_type, row.upload_id) for row in rows]


def renew(tasks: Sequence[Task]) -> None:
    """Keeps these with their taker."""
    _put_off(tasks, lease())


def give_back(tasks: Sequence[Task], after: timedelta) -> None:
    """Lets somebody take these again, after a while."""
    _put_off(tasks, after)


def _put_off(tasks: Sequence[Task], after: timedelta) -> None:
    held = ArchiveTask.objects.filter(pk__in=[task.id for task in tasks])
    with transaction.atomic():
        # In order, as everybody locks them who takes several.
        ids = list(held.select_for_update().order_by("pk").values_list("pk", flat=True))
        ArchiveTask.objects.filter(pk__in=ids).update(due=timezone.now() + after)


def copy(task: Task, store: ObjectStore) -> Copied | NotCopied:
    """Copies a file. Asks nothing of the database.

    Raises:
        StorageUnavailable: the archive is away.
    """
    path = local.path_of(task.key)
    try:
        sha256 = local.sha256_of(path)
        if task.sha256 and sha256 != task.sha256:
            return NotCopied(task, "The file in storage is not the one that was uploaded.")
        store.put(task.key, path, sha256, task.content_type)
    except FileNotFoundError:
        # Somebody has copied it and did not live to note it; then it was purged here.
        found = store.look(task.key)
        if found is not None and found.sha256 == (task.sha256 or found.sha256):
            return Copied(task)
        return NotCopied(task, "The file is not in storage.")
    except (OSError, Differs, Refused) as error:
        return NotCopied(task, str(error))
    return Copied(task)


def finish(outcomes: Sequence[Copied | NotCopied]) -> dict[int, int]:
    """Notes what became of files; gives the users' newest seqs."""
    with events.recording() as log:
        tasks = [one.task for one in outcomes]
        rows = ArchiveTask.objects.filter(pk__in=[task.id for task in tasks])
        gone = removal.lock({task.upload_id for task in tasks})
        for outcome in outcomes:
            if outcome.task.upload_id in gone:
                # Deleted while it was copied: the copy may have come after the removal.
                removal.order(gone[outcome.task.upload_id])
            elif not _is_named(outcome.task):
                removal.order_prefix(outcome.task.key)
            elif isinstance(outcome, NotCopied):
                extra = {"key": outcome.task.key, "reason": outcome.reason}
                logger.error("file not archived, trying again in an hour", extra=extra)
                rows.filter(pk=outcome.task.id).update(due=timezone.now() + LATER)
        copied = rows.filter(pk__in=[one.task.id for one in outcomes if isinstance(one, Copied)])
        files = Image.objects.filter(pk__in=copied.exclude(image_id=None).values("image_id"))
        for upload_id, position in list(files.values_list("upload_id", "position")):
            pages = Image.objects.filter(upload_id=upload_id, position=position, archived_at=None)
            pages = pages.exclude(image_path="").select_related("upload").order_by("pk")
            for image in list(pages):
                Image.objects.filter(pk=image.pk).update(archived_at=timezone.now())
                note_archived(image, image.upload.user_id, A_WORKER, log)
        copied.delete()
    return log.seqs


def note_archived(image: Image, user_id: int, actor: Actor, log: Log) -> None:
    """The event of an original that is in the archive from now on."""
    log.add(
        Kind.IMAGE_ARCHIVED,
        user_id=user_id,
        actor=actor,
        upload_id=image.upload_id,
        image_id=image.pk,
        facts={"id": image.pk, "sha256": image.sha256},
    )


def _is_named(task: Task) -> bool:
    """Whether a file is still some image's or result's: its image alone may have been deleted."""
    images = Image.objects.filter(upload_id=task.upload_id)
    results = Prediction.objects.filter(image__upload_id=task.upload_id, output_path=task.key)
    return images.filter(image_path=task.key).exists() or results.exists()


def backlog() -> Backlog:
    """What waits to be copied: two queries, bounded however much it is."""
    waiting = ArchiveTask.objects.order_by("pk")
    first = waiting.values_list("created_at", flat=True).first()
    return Backlog(waiting[:MOST_COUNTED].count(), first)


def enlist(after: int, limit: int) -> int | None:
    """Notes what was stored while there was no archive: of so many images with ids from `after` on.

    Gives where to go on; None: there are no more.
    """
    ids = list(
        Image.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:limit]
    )
    if not ids:
        return None
    left = Image.objects.filter(pk__in=ids, archived_at=None, purged_at=None)
    left = left.filter(upload__deleted_at=None).exclude(image_path="")
    results = Prediction.objects.filter(image__in=left).exclude(output_path="")
    tasks = [_original(one) for one in left if one.page == 1]
    tasks += [_result(one) for one in results.select_related("image")]
    ArchiveTask.objects.bulk_create(tasks, ignore_conflicts=True, batch_size=limit)
    return ids[-1]
