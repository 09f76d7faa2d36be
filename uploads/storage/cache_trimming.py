"""Keeps the cache of a machine (`storage.cache`) within its size, and free of what was deleted."""

import contextlib
import fcntl
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from uploads.models import ArchiveTask, Image, Prediction, Upload
from uploads.storage import keys, local, paths

logger = logging.getLogger("darkroom.cache")

CACHE_SECONDS: Final = 15.0
"""How often each process looks after it."""
UNNAMED_SECONDS: Final = 3600.0
"""A file that no row names may be on its way so long: an upload before its rows, a result."""
_SLACK: Final = 0.9
"""What is too much is made this part of what may be, so that it isn't too much again at once."""
_ASKED_AT_ONCE: Final = 200


@dataclass
class Trimmed:
    """What was removed: files and bytes."""

    files: int = 0
    size: int = 0


@dataclass
class _Cached:
    """A file under each of its names."""

    used_at: float
    came_at: float
    size: int
    keys: list[str] = field(default_factory=list)


def trim(*, is_dry: bool = False) -> Trimmed:
    """Removes what was not used for longest until the size is kept, and what is too old.

    Only what the object store surely has, and what nobody holds. A dry run only counts.
    """
    remove = _count if is_dry else _remove
    found = _files()
    too_much = sum(one.size for one in found) - settings.MEDIA_CACHE_BYTES
    if too_much > 0:
        too_much += round(settings.MEDIA_CACHE_BYTES * (1 - _SLACK))
    too_old = time.time() - timedelta(hours=settings.RETENTION_HOURS).total_seconds()
    trimmed = Trimmed()
    old = [one for one in found if one.came_at < too_old]
    for one in _removable(old):
        remove(one, trimmed)
    young = sorted((one for one in found if one.came_at >= too_old), key=lambda one: one.used_at)
    for one in _removable(young):
        if trimmed.size >= too_much:
            break
        remove(one, trimmed)
    if trimmed.files and not is_dry:
        extra = {"files": trimmed.files, "bytes": trimmed.size}
        logger.info("cached files removed", extra=extra)
    return trimmed


def size() -> int:
    """How many bytes of files are here."""
    return sum(one.size for one in _files())


def _files() -> list[_Cached]:
    """Every file in the local storage, once, without those that are being received."""
    root = Path(paths.root())
    found: dict[tuple[int, int], _Cached] = {}
    for path in root.glob("[0-9]*/upload*/**/*"):
        with contextlib.suppress(OSError):
            status = path.lstat()
            if not path.is_file():
                continue
            file = found.setdefault(
                (status.st_dev, status.st_ino),
                _Cached(max(status.st_atime, status.st_mtime), status.st_mtime, status.st_size),
            )
            file.keys.append(str(path.relative_to(root)))
    return list(found.values())


def _removable(files: Sequence[_Cached]) -> Iterator[_Cached]:
    """Those of them, in order, that can be had again or that nobody will ask for."""
    for begin in range(0, len(files), _ASKED_AT_ONCE):
        some = files[begin : begin + _ASKED_AT_ONCE]
        known = _known({_upload_of(key) for one in some for key in one.keys})
        unnamed_since = time.time() - UNNAMED_SECONDS
        for one in some:
            is_unnamed = one.used_at < unnamed_since
            if all(known.get(key, is_unnamed) for key in one.keys):
                yield one


def _known(upload_ids: set[int]) -> dict[str, bool]:
    """The keys of the files of these uploads that rows name; whether the object store has each."""
    known: dict[str, bool] = {}
    images = Image.objects.filter(upload__in=upload_ids)
    for path, thumbnail, at in images.values_list("image_path", "thumbnail_path", "archived_at"):
        of_it = (path, thumbnail, keys.display_path(thumbnail))
        known |= dict.fromkeys(of_it, at is not None)
    results = Prediction.objects.filter(image__upload__in=upload_ids)
    for path, at in results.values_list("output_path", "image__archived_at"):
        known[path] = at is not None
    waiting = ArchiveTask.objects.filter(upload__in=upload_ids)
    return known | dict.fromkeys(waiting.values_list("key", flat=True), False)


def _upload_of(key: str) -> int:
    """The number of the upload whose folder a key lies in; 0: of none."""
    number = key.split("/", 2)[1].removeprefix("upload")
    return int(number) if number.isdecimal() else 0


def _remove(file: _Cached, trimmed: Trimmed) -> None:
    """Removes it under all of its names, unless somebody holds it."""
    with contextlib.suppress(OSError):
        with local.path_of(file.keys[0]).open("rb") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for key in file.keys:
                local.remove_file(key)
        _count(file, trimmed)


def _count(file: _Cached, trimmed: Trimmed) -> None:
    trimmed.files += 1
    trimmed.size += file.size


def remove_deleted() -> None:
    """Removes what is left here of uploads and images that were deleted, by whichever machine."""
    root = Path(paths.root())
    found = {_upload_of(key): key for key in _folders(root)}
    numbers = list(found)
    for begin in range(0, len(numbers), _ASKED_AT_ONCE):
        some = numbers[begin : begin + _ASKED_AT_ONCE]
        gone = Upload.objects.filter(pk__in=some, deleted_at__isnull=False)
        prefixes = [found[number] for number in gone.values_list("pk", flat=True)]
        for image in Image.objects.filter(upload__in=some, deleted_at__isnull=False):
            prefixes += _left_of(image, found[image.upload_id])
        for prefix in prefixes:
            with contextlib.suppress(OSError):
                local.remove(prefix)


def _folders(root: Path) -> list[str]:
    return [str(path.relative_to(root)) for path in root.glob("[0-9]*/upload[0-9]*")]


def _left_of(image: Image, folder: str) -> list[str]:
    """The keys of files and folders that one deleted image of an upload may have left here."""
    thumbnail = keys.thumbnail_path(folder, image.pk)
    left = [thumbnail, keys.display_path(thumbnail)]
    results = image.predictions.values_list("pk", flat=True)
    left += [keys.results_folder(folder, pk) for pk in results]
    if not image.image_path:
        # Else it is one file with pages that are there.
        named = Path(local.path_of(folder)).glob(f"images/{image.position}[-.]*")
        left += [f"{folder}/images/{path.name}" for path in named]
    return left


def keep() -> None:
    """What a process does for its machine's cache every now and then."""
    remove_deleted()
    trim()
