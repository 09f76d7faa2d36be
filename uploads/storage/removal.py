"""Removes the files of what was deleted, here and in the archive, until they are surely gone."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Final

from django.db.models import F, QuerySet
from django.utils import timezone

from uploads.models import ArchiveTask, FileRemoval, Image, Upload
from uploads.storage import keys, local, object_store

logger = logging.getLogger("darkroom.removal")

REMOVALS_A_ROUND: Final = 100
LINGER: Final = timedelta(minutes=5)
"""A removal is repeated until then: an attempt that was running may still write a file, and a copy
that was under way may still arrive."""
AGAIN: Final = timedelta(minutes=1)
"""In the archive it is repeated after so long, and taken by nobody else meanwhile."""


def lock(upload_ids: Iterable[int]) -> dict[int, Upload]:
    """Locks these in order, as whoever deletes or purges one does; gives those that are deleted."""
    rows = Upload.objects.select_for_update(no_key=True).filter(pk__in=upload_ids).order_by("pk")
    return {row.pk: row for row in rows if row.deleted_at is not None}


def order(upload: Upload) -> None:
    """Notes an upload's files for removal; in the caller's transaction."""
    tasks = upload.archive_tasks.all()
    is_archived = _may_be_archived(upload)
    _forget(tasks)
    _note([upload.upload_path], is_archived=is_archived)


def order_image(image: Image) -> list[str]:
    """Notes the files of one image for removal, in the caller's transaction; gives their keys.

    An original goes with the last of its pages that is deleted: it is one file for all of them.
    """
    upload = image.upload
    folder = upload.upload_path
    results = image.predictions.values_list("pk", flat=True)
    thumbnail = keys.thumbnail_path(folder, image.pk)
    gone = [thumbnail, keys.display_path(thumbnail)]
    gone += [keys.results_folder(folder, pk) for pk in results]
    pages = upload.images.filter(position=image.position).exclude(image_path="")
    if not pages.filter(deleted_at=None).exclude(pk=image.pk).exists():
        originals = list(pages.values_list("image_path", flat=True))
        gone += sorted({*originals, *map(keys.document_key, originals)})
        pages.update(image_path="", archived_at=None, purged_at=timezone.now())
    is_archived = _may_be_archived(upload)
    # Not by a condition for each: an image may have more results than a statement has room for.
    prefixes = {*map(PurePosixPath, gone)}
    tasks = upload.archive_tasks.all()
    mine = [pk for pk, key in tasks.values_list("pk", "key") if _is_under(key, prefixes)]
    _forget(tasks.filter(pk__in=mine))
    _note(gone, is_archived=is_archived)
    return gone


def order_prefix(prefix: str) -> None:
    """Notes for removal, here and in the archive, a file or all files of a folder.

    In the caller's transaction, if there is one.
    """
    _note([prefix], is_archived=True)


def _may_be_archived(upload: Upload) -> bool:
    return (
        object_store.is_configured()
        or upload.archive_tasks.exists()
        or upload.images.filter(archived_at__isnull=False).exists()
    )


def _forget(tasks: QuerySet[ArchiveTask]) -> None:
    # In order, as everybody locks them who takes several.
    pks = list(tasks.select_for_update().order_by("pk").values_list("pk", flat=True))
    ArchiveTask.objects.filter(pk__in=pks).delete()


def _is_under(key: str, prefixes: set[PurePosixPath]) -> bool:
    path = PurePosixPath(key)
    return not prefixes.isdisjoint((path, *path.parents))


def _note(prefixes: Iterable[str], *, is_archived: bool) -> None:
    now = timezone.now()
    due = now if is_archived else None
    # In order, as everybody locks them who notes several.
    rows = [FileRemoval(prefix=one, created_at=now, archive_due=due) for one in sorted({*prefixes})]
    FileRemoval.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["prefix"],
        update_fields=["created_at", "archive_due"],
    )


def remove_files() -> None:
    """Removes here what is noted; what cannot be removed now is tried again.

    What was tried longest ago comes first, so that what sticks holds up nothing else.
    """
    now = timezone.now()
    longest_ago = F("tried_at").asc(nulls_first=True)
    for removal in FileRemoval.objects.order_by(longest_ago, "pk")[:REMOVALS_A_ROUND]:
        try:
            local.remove(removal.prefix)
        except (OSError, ValueError) as error:
            if removal.tried_at is None:
                extra = {"prefix": removal.prefix, "reason": str(error)}
                logger.warning("files not removed, trying again", extra=extra)
        else:
            over = FileRemoval.objects.filter(
                pk=removal.pk, created_at__lt=now - LINGER, archive_due=None
            )
            if over.delete()[0]:
                continue
        FileRemoval.objects.filter(pk=removal.pk).update(tried_at=now)


def take_archived(limit: int) -> list[tuple[int, str, datetime]]:
    """Takes some that are due in the archive: ids, prefixes and when each was noted."""
    now = timezone.now()
    due = FileRemoval.objects.filter(archive_due__lte=now).order_by("archive_due", "pk")
    taken = []
    for row in due[:limit]:
        mine = FileRemoval.objects.filter(pk=row.pk, archive_due=row.archive_due)
        if mine.update(archive_due=now + AGAIN):
            taken.append((row.pk, row.prefix, row.created_at))
    return taken


def note_removed_from_archive(removal_id: int, ordered_at: datetime) -> None:
    """One was removed from the archive just now; long after it was noted, that was for good."""
    if ordered_at < timezone.now() - LINGER:
        rows = FileRemoval.objects.filter(pk=removal_id, created_at=ordered_at)
        rows.update(archive_due=None)
