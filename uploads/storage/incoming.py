"""Files while they are received: in a folder beside those of the storage, on the same disk."""

import contextlib
import fcntl
import os
import time
import uuid
from functools import cache
from pathlib import Path
from typing import IO, Final

from django.conf import settings

from uploads.errors import StorageUnavailable
from uploads.storage import disk

_LOCKED_AFTER_SECONDS: Final = 5.0
"""So long a new file may be without its lock, on clocks that differ."""


def folder_path() -> Path:
    """Where bodies are received, on the same disk as the rest; it may have to be made."""
    return _below(settings.MEDIA_ROOT)


@cache
def _below(root: Path) -> Path:
    return Path(root) / ".incoming"


def ready_folder() -> Path:
    """The folder where bodies are received.

    Raises:
        StorageUnavailable: it is not there and cannot be made.
    """
    folder = folder_path()
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageUnavailable from error
    return folder


def new_file() -> IO[bytes]:
    """A new file to receive into, for its taker to remove; locked for as long as it is open.

    Raises:
        StorageUnavailable: there is no folder for it, or hardly any room left.
        OSError: the disk takes no more files.
    """
    folder = ready_folder()
    if not disk.has_room(folder):
        raise StorageUnavailable("The disk is nearly full: try again later.")
    # Not by `tempfile`, whose files look up each method anew.
    file = open(f"{folder}/{uuid.uuid4().hex}", "x+b", opener=_owners)  # noqa: SIM115  # its taker closes it
    with contextlib.suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return file


def _owners(path: str, flags: int) -> int:
    """Opens a new file that its owner alone may read."""
    return os.open(path, flags, 0o600)


def remove_abandoned() -> None:
    """Removes received files that nobody has open: their process was ended in the midst."""
    born_before = time.time() - _LOCKED_AFTER_SECONDS
    for path in folder_path().glob("*"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < born_before:
                _remove_unlocked(path)


def _remove_unlocked(path: Path) -> None:
    with path.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()


def is_writable() -> bool:
    """Whether a file, and bytes in it, are taken there now."""
    try:
        return disk.takes_bytes(ready_folder())
    except StorageUnavailable:
        return False
