"""Files that are either there whole or not there at all."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def write_atomically(
    path: Path, write: Callable[[BinaryIO], object], *, is_durable: bool = True
) -> None:
    """Write a file under another name, then give it its own; its folder is made.

    `is_durable`: the file and its folders are on the disk when this returns. One that is not may
    be empty or missing after the machine has lost its power.

    Raises:
        OSError: the file system does not take it; nothing is left behind.
    """
    if is_durable:
        _make_folder(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with _opened(draft) as file:
            write(file)
            if is_durable:
                file.flush()
                os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    if is_durable:
        _sync_folder(path.parent)


def _opened(draft: Path) -> BinaryIO:
    try:
        return draft.open("wb")
    except FileNotFoundError:
        draft.parent.mkdir(parents=True, exist_ok=True)
        return draft.open("wb")


def _make_folder(folder: Path) -> None:
    """Make a folder with those above it, each flushed into the one it stands in."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for one in missing:
        _sync_folder(one.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
