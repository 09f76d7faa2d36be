"""The directories of TIFF files (TIFF 6.0, section 2; BigTIFF): entries by tag."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, ClassVar, Final, Self

from imagefile.errors import DamagedFile, TooManyParts
from imagefile.header import read_at, size_of

MAX_ENTRIES: Final = 16_384
"""Of all directories of a file together: they may overlap, and a page needs about twenty."""
MAX_ENTRY_BYTES: Final = 8 << 20
"""Of one that is kept: two million strips, or a color profile."""
_READ_AT_MOST: Final = 1 << 16
"""Values of one entry: of those of more strips the first ones are looked at."""
_MAX_SAMPLES: Final = 16
"""Of a pixel: no kind that is decoded has more."""

_BYTES: Final = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
"""By type."""
_WHOLE: Final = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
"""Types of whole numbers, as `struct` names them."""


@dataclass(frozen=True)
class Layout:
    """How wide the numbers are, and in which order their bytes."""

    order: str
    is_big: bool

    BY_MAGIC: ClassVar[Mapping[bytes, tuple[str, bool]]] = {
        b"II*\0": ("<", False),
        b"MM\0*": (">", False),
        b"II+\0": ("<", True),
        b"MM\0+": (">", True),
    }

    @classmethod
    def of(cls, file: BinaryIO) -> Self:
        """That of a file which begins as a TIFF file does."""
        return cls(*cls.BY_MAGIC[read_at(file, 0, 4)])

    @property
    def entry_bytes(self) -> int:
        """Of an entry in a directory."""
        return 20 if self.is_big else 12

    def first(self, file: BinaryIO) -> int:
        """Where the first directory lies."""
        at = 8 if self.is_big else 4
        return self.number(read_at(file, at, self._wide), "Q" if self.is_big else "I")

    def number(self, data: bytes, kind: str) -> int:
        """A number by its `struct` letter.

        Raises:
            DamagedFile: it breaks off.
        """
        try:
            (value,) = struct.unpack_from(self.order + kind, data)
        except struct.error:
            raise DamagedFile("TIFF", "it ends before its picture begins") from None
        return int(value)

    def rewritten(self, content: bytes, entries: Mapping[int, "Entry"]) -> bytes:
        """The file with one directory, of these entries, at its end."""
        count, wide = ("Q", "Q") if self.is_big else ("H", "I")
        padding = bytes(len(content) % 2)
        place = struct.pack(self.order + wide, len(content) + len(padding))
        at = 8 if self.is_big else 4
        return b"".join(
            (
                content[:at],
                place,
                content[at + len(place) :],
                padding,
                struct.pack(self.order + count, len(entries)),
                *(entries[tag].raw for tag in sorted(entries)),
                bytes(self._wide),
            )
        )

    @property
    def _wide(self) -> int:
        return 8 if self.is_big else 4


@dataclass(frozen=True)
class Entry:
    """What a directory says under one tag."""

    raw: bytes
    """As it stands in the directory."""
    kind: int
    count: int
    start: int
    """Where its values lie in the file."""


@dataclass(frozen=True)
class Directory:
    """What is said of one picture."""

    file: BinaryIO
    layout: Layout
    entries: Mapping[int, Entry]
    """By tag. One whose values are not in the file is left out."""
    length: int
    """How many entries there are, with those that are left out."""
    next: int
    """Where the next one lies; 0: nowhere."""

    def numbers(self, tag: int) -> Sequence[int]:
        """Whole numbers, the first ones of many; none where there are no such."""
        return self._first(tag, _READ_AT_MOST)

    def number(self, tag: int, default: int) -> int:
        """The first of them, or `default`."""
        return next(iter(self._first(tag, 1)), default)

    def samples(self, tag: int) -> Sequence[int]:
        """Whole numbers of which there is one for each sample of a pixel."""
        return self._first(tag, _MAX_SAMPLES)

    def _first(self, tag: int, most: int) -> Sequence[int]:
        entry = self.entries.get(tag)
        letter = _WHOLE.get(entry.kind) if entry else None
        if entry is None or letter is None:
            return ()
        count = min(entry.count, most)
        data = read_at(self.file, entry.start, count * _BYTES[entry.kind])
        return struct.unpack(f"{self.layout.order}{count}{letter}", data)


def read_directory(file: BinaryIO, layout: Layout, at: int, most: int = MAX_ENTRIES) -> Directory:
    """Reads the directory at this place.

    Raises:
        ImageFileError: it breaks off, or has more than `most` entries.
    """
    head, letter = (8, "Q") if layout.is_big else (2, "H")
    count = layout.number(read_at(file, at, head), letter)
    if count > most:
        raise TooManyParts("TIFF", "tags", MAX_ENTRIES)
    size = layout.entry_bytes
    data = read_at(file, at + head, count * size)
    if len(data) < count * size:
        raise DamagedFile("TIFF", "it ends before its picture begins")
    end = size_of(file)
    entries: dict[int, Entry] = {}
    for number in range(count):
        raw = data[number * size : (number + 1) * size]
        place = at + head + number * size
        tag, entry = _entry(layout, raw, place)
        length = entry.count * _BYTES.get(entry.kind, 0)
        if length <= MAX_ENTRY_BYTES and entry.start + length <= end:
            entries.setdefault(tag, entry)
    after = read_at(file, at + head + count * size, 8 if layout.is_big else 4)
    wide = "Q" if layout.is_big else "I"
    # Some writers leave it out after the last one.
    return Directory(file, layout, entries, count, layout.number(after, wide) if after else 0)


def _entry(layout: Layout, raw: bytes, place: int) -> tuple[int, Entry]:
    """A tag and what stands under it, in an entry that lies at `place`."""
    wide = "Q" if layout.is_big else "I"
    tag, kind, count, offset = struct.unpack(f"{layout.order}HH{wide}{wide}", raw)
    room = 8 if layout.is_big else 4
    is_inside = count * _BYTES.get(kind, 0) <= room
    return tag, Entry(raw, kind, count, place + len(raw) - room if is_inside else offset)
