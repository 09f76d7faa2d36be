"""Removes the files of deleted uploads, here and in the archive, until they are surely gone."""

import logging
from datetime import timedelta
from typing import Final

from django.db.models import F
from django.utils import timezone

from uploads.errors import StorageUnavailable
from uploads.models import FileRemoval, Upload
from uploads.storage import local, object_store

logger = logging.getLogger("darkroom.removal")

REMOVALS_A_ROUND: Final = 100
LINGER: Final = timedelta(minutes=5)
"""A removal is repeated until then: an attempt that was running may still write a file, and a copy
that was under way may still arrive."""


def order(upload: Upload) -> None:
    """Notes an upload's files for removal; in the caller's transaction."""
    upload.archive_tasks.all().delete()
    FileRemoval.objects.get_or_create(
        prefix=upload.upload_path, defaults={"in_archive": object_store.is_configured()}
    )


def remove_files() -> None:
    """Removes what is noted; what cannot be removed now is tried again.

    What was tried longest ago comes first, so that what sticks holds up nothing else.
    """
    now = timezone.now()
    longest_ago = F("tried_at").asc(nulls_first=True)
    for removal in FileRemoval.objects.order_by(longest_ago, "pk")[:REMOVALS_A_ROUND]:
        try:
            _remove(removal)
        except (OSError, ValueError, StorageUnavailable) as error:
            if removal.tried_at is None:
                extra = {"prefix": removal.prefix, "reason": str(error)}
                logger.warning("files not removed, trying again", extra=extra)
        else:
            if removal.created_at < now - LINGER:
                removal.delete()
                continue
        FileRemoval.objects.filter(pk=removal.pk).update(tried_at=now)


def _remove(removal: FileRemoval) -> None:
    local.remove(removal.prefix)
    if removal.in_archive:
        if not object_store.is_configured():
            raise StorageUnavailable("Files are to be removed from an archive: set S3_BUCKET.")
        object_store.store().remove(f"{removal.prefix}/")
