"""Removes local files that are old enough and that the archive holds."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from uploads import events
from uploads.event_kinds import Kind
from uploads.events import A_WORKER, Log
from uploads.models import Image, Prediction, Upload
from uploads.states import ACTIVE
from uploads.storage import local, object_store
from uploads.storage.object_store import Facts

logger = logging.getLogger("darkroom.retention")

UPLOADS_A_ROUND: Final = 100

Place = tuple[datetime, int]
"""When an upload was made, and its id: uploads are looked at in this order."""


@dataclass
class Purged:
    """What was removed: images, files and bytes."""

    images: int = 0
    files: int = 0
    size: int = 0


class Round:
    """One walk over uploads that are old enough, from the oldest on, some at a time."""

    def __init__(self, *, is_dry: bool = False) -> None:
        self._is_dry = is_dry
        self._before = timezone.now() - timedelta(hours=settings.RETENTION_HOURS)
        self._after: Place | None = None
        self.is_over = not (settings.PURGE_WITHOUT_ARCHIVE or object_store.is_configured())
        self.purged = Purged()
        self.seqs: dict[int, int] = {}

    def go_on(self) -> None:
        """Looks at the next uploads, and removes the files that may go.

        Raises:
            StorageUnavailable: the archive does not answer.
        """
        uploads = Upload.objects.filter(
            purged_at=None, deleted_at=None, created_at__lt=self._before
        ).order_by("created_at", "pk")
        if self._after is not None:
            made_at, pk = self._after
            uploads = uploads.filter(Q(created_at__gt=made_at) | Q(created_at=made_at, pk__gt=pk))
        found = list(uploads[:UPLOADS_A_ROUND])
        for upload in found:
            self._purge(upload)
            self._after = (upload.created_at, upload.pk)
        self.is_over = len(found) < UPLOADS_A_ROUND

    def _purge(self, upload: Upload) -> None:
        kept = upload.images.filter(purged_at=None).exclude(image_path="")
        files = {image: list(_files(image)) for image in kept.order_by("position")}
        # Asked before anything is locked: it may take long.
        safe = {image: found for image, found in files.items() if _may_go(found)}
        if self._is_dry:
            used = _in_use(upload)
            for image, found in safe.items():
                if image.pk not in used:
                    self._count(found)
            return
        if safe or not files:
            with events.recording() as log:
                self._remove(upload, safe, log)
            self.seqs |= log.seqs

    def _remove(self, upload: Upload, safe: dict[Image, list["_File"]], log: Log) -> None:
        """Files first: what a crash leaves half done, the next round ends."""
        if not Upload.objects.select_for_update().filter(pk=upload.pk, deleted_at=None).exists():
            return
        used = _in_use(upload)
        now = timezone.now()
        for image, found in safe.items():
            if image.pk in used:
                continue
            for file in found:
                file.path.unlink(missing_ok=True)
            Image.objects.filter(pk=image.pk).update(purged_at=now)
            self._count(found)
            log.add(
                Kind.IMAGE_PURGED,
                user_id=upload.user_id,
                actor=A_WORKER,
                upload_id=upload.pk,
                image_id=image.pk,
                facts={"id": image.pk, "sha256": image.sha256},
            )
        if not upload.images.filter(purged_at=None).exclude(image_path="").exists():
            Upload.objects.filter(pk=upload.pk).update(purged_at=now)

    def _count(self, found: list["_File"]) -> None:
        self.purged.images += 1
        self.purged.files += len(found)
        self.purged.size += sum(file.size for file in found)


@dataclass(frozen=True)
class _File:
    key: str
    path: Path
    size: int
    sha256: str


def _files(image: Image) -> Iterator[_File]:
    """The local files of an image: its original and its results. Its thumbnail stays."""
    results = Prediction.objects.filter(image=image).exclude(output_path="")
    for key in [image.image_path, *results.values_list("output_path", flat=True)]:
        path = local.path_of(key)
        if path.is_file():
            yield _File(key, path, path.stat().st_size, local.sha256_of(path))


def _may_go(files: list[_File]) -> bool:
    """Whether the archive holds each as it lies here."""
    if settings.PURGE_WITHOUT_ARCHIVE:
        return True
    store = object_store.store()
    return all(store.look(file.key) == Facts(file.size, file.sha256) for file in files)


def _in_use(upload: Upload) -> set[int]:
    """The images that something queued or running reads, also as one of its parameters."""
    active = Prediction.objects.filter(user_id=upload.user_id, state__in=[str(s) for s in ACTIVE])
    used = set(active.filter(image__upload=upload).values_list("image_id", flat=True))
    for params in active.exclude(params={}).values_list("params", flat=True):
        used |= {int(value) for value in params.values() if isinstance(value, int | float)}
    return used
