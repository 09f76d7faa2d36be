"""Which files are meant, what they weigh, and how they split into uploads."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from client.contract import Limits
from client.errors import ClientError

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
"""The file names that a folder is searched for, in lower case."""

_PART_OVERHEAD_BYTES = 1024
_UPLOAD_BYTES = 64_000_000
"""Uploads stay below this even where the server takes more: what is developed early shows early,
and a broken connection repeats little."""


@dataclass(frozen=True)
class Source:
    """A file to submit: its size in bytes and the SHA-256 of its content, in hex."""

    path: Path
    size: int
    sha256: str


def find(paths: Sequence[Path], *, outside: Path) -> list[Path]:
    """The images that `paths` name: files as given, folders searched recursively and sorted.

    Nothing hidden, and nothing below `outside`, where the results go. Raises ClientError for a
    path that does not exist, and when there is no image at all.
    """
    results = outside.resolve()
    found: dict[Path, Path] = {}
    for path in paths:
        if not path.exists():
            raise ClientError("path_not_found", f"{path} does not exist.")
        for file in _images_in(path) if path.is_dir() else [path]:
            resolved = file.resolve()
            if path == file or not resolved.is_relative_to(results):
                found.setdefault(resolved, file)
    if not found:
        raise ClientError("no_images", "There is no image (.jpg, .jpeg, .png, .webp) there.")
    return list(found.values())


def _images_in(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if file.suffix.lower() in SUFFIXES and not hidden and file.is_file():
            yield file


def measure(path: Path, *, most_bytes: int | None = None) -> Source:
    """Read a file once for its size and SHA-256.

    Raises ClientError when it has more than `most_bytes`, OSError when it can't be read.
    """
    if most_bytes is not None and path.stat().st_size > most_bytes:
        raise ClientError("image_too_large", f"The file has more than {most_bytes} bytes.")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return Source(path, file.tell(), digest.hexdigest())


def split(sources: Iterable[Source], limits: Limits) -> list[list[Source]]:
    """The sources in their order, cut into uploads that the server's limits allow."""
    most_bytes = min(limits["max_upload_bytes"], _UPLOAD_BYTES)
    batches: list[list[Source]] = []
    weight = 0
    for source in sources:
        added = source.size + _PART_OVERHEAD_BYTES
        full = not batches or len(batches[-1]) >= limits["max_images_per_upload"]
        if full or weight + added > most_bytes:
            batches.append([])
            weight = 0
        batches[-1].append(source)
        weight += added
    return batches


def printable(text: str) -> str:
    """A file name as text: what in it isn't valid in the file system's encoding is replaced."""
    return text.encode(errors="replace").decode()
