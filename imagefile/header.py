"""What an image file says of its picture before a pixel is decoded."""

import os
from dataclasses import dataclass
from typing import BinaryIO, Final

from imagefile.formats import FORMATS, Format

LONGEST_FILE: Final = 1 << 40
"""In bytes. Systems refuse to look for what lies far beyond what a file could have."""


@dataclass(frozen=True)
class Header:
    """Format, size and orientation."""

    format: Format
    """By Pillow's name."""
    stored_width: int
    """In pixels, as the rows are stored."""
    stored_height: int
    """In pixels, as the rows are stored."""
    orientation: int
    """As EXIF numbers it: 1 to 8, where 1 is upright and 6 is turned a quarter clockwise to be."""

    @property
    def name(self) -> str:
        """The format's name in sentences."""
        return FORMATS[self.format].name

    @property
    def stored_size(self) -> tuple[int, int]:
        """Width and height in pixels, as the rows are stored."""
        return self.stored_width, self.stored_height

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of the upright picture."""
        width, height = self.stored_size
        return (height, width) if self.orientation >= 5 else (width, height)


@dataclass(frozen=True)
class Picture:
    """What of a file is needed to decode its picture, without the metadata around it."""

    content: bytes
    """A file of the same format, with an end."""
    rows: int | None = None
    """How many rows of pixels are there, from the top; the rest is made up. None: all of them, or
    as many as the decoder finds."""
    is_truncated: bool = False
    """Whether the file ended before its picture did."""
    otherwise: bytes | None = None
    """`content` with other bytes for those that are missing: what is decoded differently from the
    two was made up."""
    icc_profile: bytes | None = None
    """The color profile, where it is not left in `content`."""


def read_at(file: BinaryIO, offset: int, size: int) -> bytes:
    """At most `size` bytes from `offset` on; fewer where the file ends, none beyond any file."""
    if offset > LONGEST_FILE:
        return b""
    file.seek(offset)
    return file.read(size)


def size_of(file: BinaryIO) -> int:
    """The file's length in bytes."""
    return file.seek(0, os.SEEK_END)
