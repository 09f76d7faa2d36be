"""Where the storage's folder is, and which keys lead straight into it."""

import os
import stat
from pathlib import Path
from typing import Final

from django.conf import settings

_roots: Final[dict[Path, tuple[tuple[int, int], str]]] = {}
"""The storage's folder as it is set, its disk and inode, and its path without links."""


def root() -> str:
    """The storage's own folder without links: looked up anew when it is another folder."""
    folder: Path = settings.MEDIA_ROOT
    try:
        found = folder.stat()
    except OSError:
        return os.path.realpath(folder)
    where = (found.st_dev, found.st_ino)
    known = _roots.get(folder)
    if known is None or known[0] != where:
        known = _roots[folder] = where, os.path.realpath(folder)
    return known[1]


def is_straight(folder: str, key: str) -> bool:
    """Whether a key is a path of plain names, and nothing on it is a link.

    Its own parts alone are looked at: a path is resolved from the top of the disk, which took
    dozens of calls for every upload.
    """
    path = folder
    for name in key.split("/"):
        if name in {"", ".", ".."}:
            return False
        path = f"{path}/{name}"
        try:
            mode = os.lstat(path).st_mode
        except OSError:
            # Nothing lies there yet, or nobody may look.
            continue
        if stat.S_ISLNK(mode):
            return False
    return True
