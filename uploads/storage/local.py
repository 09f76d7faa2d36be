"""Files on the local disk, under `MEDIA_ROOT`, by key.

Bytes come before rows: a file is complete and on the disk before the transaction
that names it commits. What a crash leaves behind without a row is removed later.
"""

import contextlib
import errno
import glob
import hashlib
import os
import shutil
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from uploads.errors import StorageUnavailable
from uploads.storage import keys, paths

_CHUNK_BYTES: Final = 1 << 20

_FLUSHERS: Final = 8
_flushers: Final = ThreadPoolExecutor(_FLUSHERS, thread_name_prefix="flush")
_durable: Final[dict[Path, int]] = {}
"""Folders whose names are on the disk, by their inodes."""
_MOST_DURABLE: Final = 10_000


def path_of(key: str) -> Path:
    """Where the file of this key lies.

    Raises:
        ValueError: the key leads out of the storage.
    """
    root = paths.root()
    path = f"{root}/{key}"
    if not paths.is_straight(root, key):
        path = os.path.realpath(path)
        if key.startswith("/") or not path.startswith(f"{root.rstrip('/')}/"):
            raise ValueError(f"The key {key!r} leads out of the storage.")
    return Path(path)


def other_page(key: str) -> Path | None:
    """The same file under the key of another of its pages; None: it lies under none."""
    first = path_of(keys.document_key(key))
    place, _, rest = first.name.partition("-")
    later = first.parent.glob(f"{glob.escape(place)}.*-{glob.escape(rest)}")
    return next((path for path in (first, *later) if path.is_file()), None)


def add_name(file: Path, key: str) -> None:
    """Lets a stored file lie under this key too; on the disk when it returns.

    Raises:
        OSError: the disk does not take it.
    """
    target = path_of(key)
    with contextlib.suppress(FileExistsError):
        _link(file, target)
    flush(target.parent)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def take_over(moves: Iterable[tuple[Path, str]]) -> None:
    """Moves received files to their keys, and returns once all of it is on the disk.

    A file that is to lie under several keys is stored once, with as many names: it is there until
    the last of them is removed.

    Flushed are the files, the folders they lie in, and each folder up to the storage's own in
    which there is a new one: all at once, since a disk takes many in little more than the time of
    one.

    Raises:
        StorageUnavailable: the disk is full or does not answer.
    """
    root = Path(paths.root())
    unflushed: dict[Path, None] = {}
    made: dict[Path, int] = {}
    taken: dict[Path, Path] = {}
    folders: dict[str, Path] = {}
    try:
        for source, key in moves:
            place, _, name = key.rpartition("/")
            folder = folders.get(place)
            if folder is None:
                folder = folders[place] = path_of(place)
                made |= _make(folder, root)
            target = folder / name
            if (first := taken.setdefault(source, target)) is target:
                source.replace(target)
            else:
                _link(first, target)
            unflushed |= {target: None, folder: None}
        unflushed |= {one.parent: None for one in made}
        _flush_all(list(unflushed))
    except OSError as error:
        raise StorageUnavailable from error
    if len(_durable) > _MOST_DURABLE:
        _durable.clear()
    _durable.update(made)


def _flush_all(names: Sequence[Path]) -> None:
    """Flushes these as far as possible at once: by as many threads as there are, each its share."""
    shares = [names[start::_FLUSHERS] for start in range(min(_FLUSHERS, len(names)))]
    deque(_flushers.map(_flush_each, shares), maxlen=0)


def _flush_each(names: Iterable[Path]) -> None:
    for name in names:
        flush(name)


def _link(file: Path, name: Path) -> None:
    try:
        name.hardlink_to(file)
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS}:
            raise
        # A file system on which a file has one name.
        shutil.copyfile(file, name)


def _make(folder: Path, root: Path) -> dict[Path, int]:
    """Makes a folder with what leads to it from `root`; gives those of which nobody here knows
    that their names are on the disk, with their inodes.

    Another process may have made one just now, without having flushed it yet.
    """
    folder.mkdir(parents=True, exist_ok=True)
    unknown = {}
    while folder != root:
        inode = folder.stat().st_ino
        if _durable.get(folder) == inode:
            break
        unknown[folder] = inode
        folder = folder.parent
    return unknown


def remove(prefix: str) -> None:
    """Removes a folder with all that is in it, or one file; one that is gone already is fine.

    Raises:
        OSError: something in it cannot be removed now; the rest of it is gone.
        ValueError: the key leads out of the storage.
    """
    if path_of(prefix).is_file():
        remove_file(prefix)
        return
    left: list[BaseException] = []
    shutil.rmtree(path_of(prefix), onerror=lambda _call, _path, told: left.append(told[1]))
    for error in left:
        if not isinstance(error, FileNotFoundError):
            raise error


def remove_file(key: str) -> None:
    """Removes one file, and the folders of its attempt if it is a result; none is fine.

    Raises:
        OSError: it cannot be removed now.
    """
    path = path_of(key)
    path.unlink(missing_ok=True)
    if "/results/" in key:
        with contextlib.suppress(OSError):
            for folder in path.parents[:2]:
                folder.rmdir()


def flush(path: Path) -> None:
    """Returns once a file's bytes, or a folder's names, are on the disk.

    Raises:
        OSError: the disk does not take them, or the path cannot be opened.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
