"""The files that a machine with a disk of its own keeps, within a size (`MEDIA_HANDOVER=s3`).

Everything in it can be had again from the object store. Whoever reads a file by its path holds a
lock on it meanwhile, which other processes of the machine see and a dead one loses.
"""

import contextlib
import fcntl
import hashlib
import logging
import os
import time
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final

from uploads.errors import StorageUnavailable
from uploads.storage import handover, local
from uploads.storage.handover import Damaged

logger = logging.getLogger("darkroom.cache")

FETCHES: Final = 3
"""So often a file is fetched that comes damaged."""
Signature = tuple[int, int, int, int]
"""A file's disk, inode, size in bytes and time of change."""

_sound: Final[dict[Signature, str]] = {}
"""The SHA-256 of files that were read whole: what is neither changed nor new isn't read again."""
_MOST_SOUND: Final = 10_000


@dataclass(frozen=True)
class Pin:
    """A file that stays where it is until it is let go of."""

    _file: BufferedReader

    def release(self) -> None:
        """Lets go of it."""
        self._file.close()


def hold(key: str, sha256: str) -> Pin | None:
    """Has a file here, whole and verified, and keeps it; None: the object store has none either.

    One that is broken is fetched again.

    Raises:
        StorageUnavailable: the store is away, or the disk is full.
    """
    path = local.path_of(key)
    for _ in range(FETCHES):
        pinned = _pinned(path)
        if pinned is None and not _brought(key, sha256):
            return None
        pinned = pinned or _pinned(path)
        if pinned is None:
            continue  # somebody's trim was faster
        if _is_sound(pinned, sha256):
            _note_use(path)
            return Pin(pinned)
        pinned.close()
        logger.warning("file damaged in the cache, fetched again", extra={"key": key})
        _remove_all_pages(key)
    logger.error("file damaged in the object store", extra={"key": key})
    return None


def _brought(key: str, sha256: str) -> bool:
    """Whether the file is here now."""
    try:
        if "/images/" in key and (other := local.other_page(key)):
            local.add_name(other, key)
            return True
        for _ in range(FETCHES):
            with contextlib.suppress(Damaged):
                return handover.fetch(key, sha256)
    except OSError as error:
        raise StorageUnavailable from error
    logger.error("the object store gives other bytes", extra={"key": key})
    return False


def _pinned(path: Path) -> BufferedReader | None:
    """The file, open and locked under its name; None: it is not there."""
    try:
        file = path.open("rb")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StorageUnavailable from error
    fcntl.flock(file, fcntl.LOCK_SH)
    with contextlib.suppress(OSError):
        if os.path.samestat(path.stat(), os.fstat(file.fileno())):
            return file
    # It was removed between the two.
    file.close()
    return None


def _is_sound(file: BufferedReader, sha256: str) -> bool:
    found = os.fstat(file.fileno())
    signature = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
    if _sound.get(signature) != sha256:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            return False
        if len(_sound) >= _MOST_SOUND:
            _sound.clear()
        _sound[signature] = sha256
    return True


def _remove_all_pages(key: str) -> None:
    """A document lies there once, under a name for each of its pages."""
    local.path_of(key).unlink(missing_ok=True)
    while "/images/" in key and (other := local.other_page(key)):
        other.unlink(missing_ok=True)


def bring_picture(key: str) -> bool:
    """Has a picture of an image (a thumbnail) here; whether there is one.

    Raises:
        StorageUnavailable: the object store is away, or the disk is full.
    """
    path = local.path_of(key)
    # Pictures are not flushed: one that was on its way when the power went is empty.
    if path.is_file() and path.stat().st_size:
        _note_use(path)
        return True
    return _brought(key, "")


def _note_use(path: Path) -> None:
    """By the time of access, which no way of mounting the disk keeps from being set so."""
    with contextlib.suppress(OSError):
        os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
