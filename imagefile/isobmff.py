"""The boxes of ISO base media files (ISO/IEC 14496-12), in which HEIC and AVIF pictures lie."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from imagefile.errors import DamagedFile, TooManyParts
from imagefile.header import read_at, size_of

MAX_BOXES: Final = 4_096
"""On one level. A photo of 48 megapixels has about 200 items."""
_MOST_PROPERTIES: Final = MAX_BOXES


@dataclass(frozen=True)
class Box:
    """Where its content lies."""

    kind: bytes
    start: int
    end: int
    """As it says itself, and at most where what it lies in ends."""


def file_boxes(file: BinaryIO, name: str) -> Iterator[Box]:
    """The boxes of a file.

    Raises:
        ImageFileError: they break their rules, or there are too many.
    """
    end = size_of(file)
    at = 0
    for _ in range(MAX_BOXES):
        head = read_at(file, at, 16)
        if len(head) < 8:
            return
        box, at = _box(head, at, end, name)
        yield box
    raise TooManyParts(name, "boxes", MAX_BOXES)


def boxes(data: bytes, start: int, end: int, name: str) -> Iterator[Box]:
    """The boxes that lie between two places of `data`.

    Raises:
        ImageFileError: they break their rules, or there are too many.
    """
    at = start
    for _ in range(MAX_BOXES):
        if at + 8 > end:
            return
        box, at = _box(data[at : at + 16], at, end, name)
        yield box
    raise TooManyParts(name, "boxes", MAX_BOXES)


def _box(head: bytes, at: int, end: int, name: str) -> tuple[Box, int]:
    """The box that begins at `at` with these bytes, and where the next one does."""
    size, kind, header = int.from_bytes(head[:4], "big"), head[4:8], 8
    if size == 1:
        size, header = int.from_bytes(head[8:16], "big"), 16
    elif size == 0:
        size = end - at
    if size < header or len(head) < header:
        raise DamagedFile(name, "a part of it is smaller than its own header")
    return Box(kind, at + header, min(end, at + size)), at + size
