"""The items of a HEIC or AVIF file's `meta` box: which picture is the first, and its properties."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from imagefile.errors import DamagedFile, TooManyParts
from imagefile.isobmff import Box, boxes

MAX_ITEMS: Final = 4_096
MAX_PROPERTIES: Final = 32_768
"""Of all items together, with one for each time that an item is named."""
_PROPERTY_BYTES: Final = 32
"""As many as the longest of those that are read has."""
_FULL_BOX: Final = 4
"""Version and flags, which come first in most boxes."""


@dataclass(frozen=True)
class Item:
    """What is said of one picture."""

    id: int
    coding: bytes
    """Its type: of a coded picture that of the coding, of one in tiles `grid`."""
    width: int = 0
    height: int = 0
    """In pixels, as coded; 0: none is told."""
    quarters: int = 0
    """How many quarters it is turned counterclockwise."""
    mirror: int | None = None
    """The axis that it is mirrored at after that: 0 turns it upside down."""
    shown: tuple[int, int] | None = None
    """Width and height in pixels of what of it is shown; None: all."""


class Items:
    """Those of one `meta` box."""

    def __init__(self, meta: bytes, name: str) -> None:
        """Reads the box's content; `name` is the format's in sentences.

        Raises:
            ImageFileError: it is damaged, or there are too many items.
        """
        self._meta, self._name = meta, name
        self._boxes = {one.kind: one for one in boxes(meta, _FULL_BOX, len(meta), name)}
        try:
            self._codings = dict(self._read_codings())
            self._properties = dict(self._read_properties())
            self._ends = dict(self._read_ends())
            self._items: dict[int, Item] = {}
        except struct.error:
            raise DamagedFile(name, "what it says of its picture breaks off") from None

    def primary(self) -> Item:
        """The picture that is shown.

        Raises:
            DamagedFile: there is none.
        """
        box = self._box(b"pitm")
        item = self._item(self._number(box.start + _FULL_BOX, 4 if self._version(box) else 2))
        if not item.width or not item.height:
            raise DamagedFile(self._name, "its picture has no pixels")
        return item

    def parts_of(self, item: Item, most: int) -> list[Item]:
        """The items that one is made of, each as often as it is used.

        Raises:
            ImageFileError: there are none, more than `most`, or one is missing.
        """
        references = self._box(b"iref")
        width = 4 if self._version(references) else 2
        for one in boxes(self._meta, references.start + _FULL_BOX, references.end, self._name):
            if one.kind != b"dimg" or self._number(one.start, width) != item.id:
                continue
            count = self._number(one.start + width, 2)
            begin = one.start + width + 2
            if count > most:
                raise TooManyParts(self._name, "tiles", most)
            if not count or begin + count * width > one.end:
                break
            ends = range(begin, begin + count * width, width)
            return [self._item(self._number(at, width)) for at in ends]
        raise DamagedFile(self._name, "its list of tiles is broken")

    def end_of(self, item: Item) -> int:
        """Where in the file its last byte lies, or 0 where that is not told."""
        return self._ends.get(item.id, 0)

    def _box(self, kind: bytes) -> Box:
        box = self._boxes.get(kind)
        if box is None or box.end - box.start < _FULL_BOX:
            raise DamagedFile(self._name, "its picture is missing")
        return box

    def _version(self, box: Box) -> int:
        return self._number(box.start, 1)

    def _number(self, at: int, width: int) -> int:
        return int.from_bytes(self._meta[at : at + width], "big")

    def _item(self, number: int) -> Item:
        if number not in self._items:
            self._items[number] = self._read_item(number)
        return self._items[number]

    def _read_item(self, number: int) -> Item:
        coding = self._codings.get(number)
        if coding is None:
            raise DamagedFile(self._name, "a part of its picture is missing")
        told: dict[str, Any] = {}
        for property_ in self._properties.get(number, []):
            told |= self._told(property_)
        return Item(number, coding, **told)

    def _told(self, box: Box) -> dict[str, Any]:
        """What a property says of an item, by the names of its fields."""
        body = self._meta[box.start : min(box.end, box.start + _PROPERTY_BYTES)]
        match box.kind:
            case b"ispe" if len(body) >= 12:
                width, height = struct.unpack_from(">4xII", body)
                return {"width": width, "height": height}
            case b"irot" if body:
                return {"quarters": body[0] & 3}
            case b"imir" if body:
                return {"mirror": body[0] & 1}
            case b"clap" if len(body) >= 32:
                across, a, down, b = struct.unpack_from(">IIII", body)
                if not (across and a and down and b):
                    raise DamagedFile(self._name, "nothing of its picture is shown")
                return {"shown": (max(1, round(across / a)), max(1, round(down / b)))}
        return {}

    def _read_codings(self) -> Iterator[tuple[int, bytes]]:
        """Each item's number and type, from `iinf`."""
        entries = self._box(b"iinf")
        begin = entries.start + _FULL_BOX + (4 if self._version(entries) else 2)
        for number, one in enumerate(boxes(self._meta, begin, entries.end, self._name)):
            if number >= MAX_ITEMS:
                raise TooManyParts(self._name, "items", MAX_ITEMS)
            version = self._version(one)
            if one.kind == b"infe" and version >= 2:
                width = 2 if version == 2 else 4
                at = one.start + _FULL_BOX + width + 2
                coding = self._meta[at : at + 4]
                self._check_words(coding, self._meta[at + 4 : one.end])
                yield self._number(one.start + _FULL_BOX, width), coding

    def _check_words(self, coding: bytes, strings: bytes) -> None:
        """That an item's type, and of a `mime` item the media type, are text: its decoder crashes.

        Raises:
            DamagedFile: they are not.
        """
        media_type = strings.split(b"\0")[1:2] if coding == b"mime" else []
        try:
            b"".join([coding, *media_type]).decode()
        except UnicodeDecodeError:
            raise DamagedFile(self._name, "the type of one of its parts is no text") from None

    def _read_properties(self) -> Iterator[tuple[int, list[Box]]]:
        """Each item's number and properties, from `iprp`."""
        outer = self._box(b"iprp")
        inner = list(boxes(self._meta, outer.start, outer.end, self._name))
        containers = [one for one in inner if one.kind == b"ipco"]
        if not containers:
            return
        all_of_them = list(boxes(self._meta, containers[0].start, containers[0].end, self._name))
        seen = 0
        for box in (one for one in inner if one.kind == b"ipma"):
            body = self._meta[box.start : box.end]
            version, flags, count = struct.unpack_from(">B2xBI", body)
            at = 8
            for _ in range(min(count, MAX_ITEMS)):
                number, many = struct.unpack_from(">IB" if version else ">HB", body, at)
                at += 5 if version else 3
                seen += 1 + many
                if seen > MAX_PROPERTIES:
                    raise TooManyParts(self._name, "properties", MAX_PROPERTIES)
                layout = f">{many}H" if flags & 1 else f">{many}B"
                mask = 0x7FFF if flags & 1 else 0x7F
                indexes = [one & mask for one in struct.unpack_from(layout, body, at)]
                at += struct.calcsize(layout)
                yield number, [all_of_them[i - 1] for i in indexes if 0 < i <= len(all_of_them)]

    def _read_ends(self) -> Iterator[tuple[int, int]]:
        """Each item's number and where in the file it ends, from `iloc`."""
        box = self._box(b"iloc")
        version, sizes, more = struct.unpack_from(">B3xBB", self._meta, box.start)
        offset, length, base = sizes >> 4, sizes & 15, more >> 4
        index = more & 15 if version else 0
        wide = 4 if version == 2 else 2
        at = box.start + 6
        count, at = self._number(at, wide), at + wide
        extents = 0
        for _ in range(min(count, MAX_ITEMS)):
            number, at = self._number(at, wide), at + wide
            method, at = (self._number(at, 2) & 15, at + 2) if version else (0, at)
            at += 2
            start, at = self._number(at, base), at + base
            many, at = self._number(at, 2), at + 2
            extents += many
            end_of_extents = at + many * (index + offset + length)
            if extents > MAX_PROPERTIES or end_of_extents > box.end:
                return
            end = 0
            for _ in range(many):
                at += index
                begin, at = self._number(at, offset), at + offset
                size, at = self._number(at, length), at + length
                end = max(end, start + begin + size)
            if method == 0:
                yield number, end
