"""Removes local files that are old enough, that the archive holds, and that nobody has pinned."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from uploads import events
from uploads.errors import StorageUnavailable
from uploads.event_kinds import Kind
from uploads.events import A_WORKER, Log
from uploads.models import ArchiveTask, Image, Prediction, Upload
from uploads.states import ACTIVE
from uploads.storage import archive_marker, keys, local, object_store, volume
from uploads.storage.object_store import Facts

logger = logging.getLogger("darkroom.retention")

UPLOADS_A_ROUND: Final = 20
_ACTIVE: Final = [str(state) for state in sorted(ACTIVE)]

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
            StorageUnavailable: the archive does not answer, or a storage is another database's.
        """
        wrong = volume.problem()
        if not wrong and object_store.is_configured():
            wrong = archive_marker.problem()
        if wrong:
            raise StorageUnavailable(wrong)
        found = list(self._candidates()[:UPLOADS_A_ROUND])
        named: dict[int, set[int]] = {}
        for upload in found:
            if upload.user_id not in named:
                named[upload.user_id] = _named_by_params(upload.user_id)
            self._after = (upload.created_at, upload.pk)
            try:
                self._purge(upload, named[upload.user_id])
            except OSError as error:
                extra = {"upload": upload.pk, "reason": str(error)}
                logger.warning("files not purged, trying again", extra=extra)
        self.is_over = len(found) < UPLOADS_A_ROUND

    def _candidates(self) -> QuerySet[Upload]:
        uploads = Upload.objects.filter(
            purged_at=None, deleted_at=None, created_at__lt=self._before
        ).order_by("created_at", "pk")
        here = Image.objects.filter(upload=OuterRef("pk"), purged_at=None)
        pinned = Exists(here.filter(pinned_at__isnull=False))
        uploads = uploads.exclude(pinned & ~Exists(here.filter(pinned_at=None)))
        if not settings.PURGE_WITHOUT_ARCHIVE:
            images = Image.objects.filter(upload=OuterRef("pk"), archived_at=None, purged_at=None)
            tasks = ArchiveTask.objects.filter(upload=OuterRef("pk"))
            uploads = uploads.exclude(Exists(images)).exclude(Exists(tasks))
        if self._after is not None:
            made_at, pk = self._after
            uploads = uploads.filter(Q(created_at__gt=made_at) | Q(created_at=made_at, pk__gt=pk))
        return uploads

    def _purge(self, upload: Upload, named: set[int]) -> None:
        used = named | _in_use(upload)
        safe: dict[Image, list[_File]] = {}
        for image in upload.images.filter(purged_at=None, pinned_at=None).order_by("position"):
            files = _files(image)
            # Asked before anything is locked: it may take long.
            if image.pk not in used and all(map(_may_go, files)):
                safe[image] = files
        if self._is_dry:
            for files in safe.values():
                self._count(files)
            return
        with events.recording() as log:
            self._remove(upload, safe, log)
        self.seqs |= log.seqs

    def _remove(self, upload: Upload, safe: dict[Image, list["_File"]], log: Log) -> None:
        """Files first: what a crash leaves half done, the next round ends."""
        kept = Upload.objects.select_for_update(no_key=True).filter(pk=upload.pk, deleted_at=None)
        if not kept.exists():
            return
        used = _in_use(upload) | _named_by_params(upload.user_id)
        open_to_it = upload.images.filter(purged_at=None, pinned_at=None)
        left = set(open_to_it.values_list("pk", flat=True))
        now = timezone.now()
        for image, files in safe.items():
            if (
                image.pk in used
                or image.pk not in left
                or {one.key for one in _files(image)} != {f.key for f in files}
            ):
                continue
            self._count(files)
            for file in files:
                local.remove_file(file.key)
            Image.objects.filter(pk=image.pk).update(purged_at=now)
            log.add(
                Kind.IMAGE_PURGED,
                user_id=upload.user_id,
                actor=A_WORKER,
                upload_id=upload.pk,
                image_id=image.pk,
                facts={"id": image.pk, "sha256": image.sha256},
            )
        if not upload.images.filter(purged_at=None).exists():
            kept.update(purged_at=now)

    def _count(self, files: list["_File"]) -> None:
        sizes = [file.local_size() for file in files]
        self.purged.images += 1
        self.purged.files += sum(size is not None for size in sizes)
        self.purged.size += sum(size or 0 for size in sizes)


@dataclass(frozen=True)
class _File:
    """A file that may lie here; of an original it is known what it was when it came."""

    key: str
    facts: Facts | None = None

    def local_size(self) -> int | None:
        """In bytes; None: it is not here."""
        try:
            return local.path_of(self.key).stat().st_size
        except FileNotFoundError:
            return None


def _files(image: Image) -> list[_File]:
    """An image's original and its results. Its thumbnail stays."""
    results = Prediction.objects.filter(image=image).exclude(output_path="")
    return [
        _File(image.image_path, Facts(image.size, image.sha256)),
        *(_File(key) for key in results.values_list("output_path", flat=True)),
    ]


def _may_go(file: _File) -> bool:
    """Whether the archive holds it as it is; a file that is lost here and there is not hidden."""
    size = file.local_size()
    if settings.PURGE_WITHOUT_ARCHIVE:
        # A result may be gone already, by a round that did not come to its end.
        return size is not None or file.facts is None
    archived = object_store.store().look(keys.document_key(file.key) if file.facts else file.key)
    if file.facts is not None or archived is None:
        return archived == file.facts and archived is not None
    if size is None:
        return True
    return archived == Facts(size, local.sha256_of(local.path_of(file.key)))


def _in_use(upload: Upload) -> set[int]:
    """The upload's images that something queued or running reads."""
    active = Prediction.objects.filter(image__upload=upload, state__in=_ACTIVE)
    return set(active.values_list("image_id", flat=True))


def _named_by_params(user_id: int) -> set[int]:
    """Images that something queued or running of this user may read as one of its parameters."""
    active = Prediction.objects.filter(user_id=user_id, state__in=_ACTIVE).exclude(params={})
    return {
        int(value)
        for params in active.values_list("params", flat=True)
        for value in params.values()
        if isinstance(value, int | float)
    }
