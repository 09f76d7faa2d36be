"""Where the objects of a PDF file lie (ISO 32000-2, section 7.5): by tables, streams, search."""

import re
import zlib
from typing import Any, BinaryIO, Final

from imagefile.errors import DamagedFile, PasswordProtected, TooManyParts
from imagefile.header import read_at, size_of
from imagefile.pdf_objects import BrokenObject, Parser, Reference

MAX_OBJECTS: Final = 200_000
MAX_STREAM_BYTES: Final = 8 << 20
"""Of one stream of objects or of places, once inflated."""
MAX_INFLATED_BYTES: Final = 64 << 20
"""Of all that is inflated to find the pages."""
MAX_OBJECT_BYTES: Final = 1 << 20
MAX_TABLES: Final = 512
"""Each change of a document adds one."""

_START: Final = re.compile(rb"startxref\s+(\d{1,10})")
_OBJECT: Final = re.compile(rb"(\d{1,10})[ \t\r\n\0\f]+\d{1,5}[ \t\r\n\0\f]+obj\b")
_SECTION: Final = re.compile(rb"\s*(\d{1,10})\s+(\d{1,10})\s*")
_ENTRY: Final = re.compile(rb"\s*(\d{1,10})\s+\d{1,5}\s+([nf])")
_LAST_BYTES: Final = 4_096
_BROKEN: Final = (
    BrokenObject,
    zlib.error,
    # Values may be of any type, whatever they stand for.
    *(AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError),
)


class PdfFile:
    """The objects of one file, by their numbers."""

    def __init__(self, file: BinaryIO) -> None:
        """Reads where they lie.

        Raises:
            ImageFileError: it is damaged, protected, or has too many objects.
        """
        self._content = read_at(file, 0, size_of(file))
        self._places: dict[int, tuple[int, int]] = {}
        """By number: where it lies and -1, or the number of the stream that holds it and its
        place there."""
        self._streams: dict[int, list[Any]] = {}
        self._inflated = 0
        self.trailer: dict[bytes, Any] = {}
        try:
            self._read_tables()
        except _BROKEN:
            self._places.clear()
        if not isinstance(self.get(self.trailer.get(b"Root")), dict):
            self._search()
        if b"Encrypt" in self.trailer:
            raise PasswordProtected

    def get(self, value: Any) -> Any:
        """What a value stands for: itself, or the object it refers to; None: there is none."""
        for _ in range(8):
            if not isinstance(value, Reference):
                return value
            try:
                value = self._object(value.number)
            except _BROKEN:
                return None
        return None

    def _object(self, number: int) -> Any:
        at, index = self._places.get(number, (-1, -1))
        if at < 0:
            return None
        if index < 0:
            return self._at(at)[1]
        objects = self._in_stream(at)
        return objects[index] if index < len(objects) else None

    def _at(self, at: int) -> tuple[int, Any, int]:
        """Number, value and end of the object that lies there."""
        begin = _OBJECT.match(self._content, at)
        if begin is None:
            raise BrokenObject
        parser = Parser(self._content[begin.end() : begin.end() + MAX_OBJECT_BYTES])
        value = parser.read()
        return int(begin[1]), value, begin.end() + parser.at

    def _read_tables(self) -> None:
        starts = _START.findall(self._content[-_LAST_BYTES:])
        at = int(starts[-1]) if starts else -1
        seen: set[int] = set()
        while 0 <= at < len(self._content) and at not in seen:
            if len(seen) >= MAX_TABLES:
                raise TooManyParts("PDF", "changes", MAX_TABLES)
            seen.add(at)
            table = re.compile(rb"\s*xref\b").match(self._content, at)
            trailer = self._table(table.end()) if table else self._stream_of_places(at)
            self.trailer = {**trailer, **self.trailer}
            if isinstance(beside := trailer.get(b"XRefStm"), int) and beside not in seen:
                seen.add(beside)
                self._stream_of_places(beside)
            before = trailer.get(b"Prev", -1)
            at = int(before) if isinstance(before, int | float) else -1

    def _table(self, at: int) -> dict[bytes, Any]:
        while section := _SECTION.match(self._content, at):
            first, count = int(section[1]), int(section[2])
            at = section.end()
            for number in range(first, first + count):
                entry = _ENTRY.match(self._content, at)
                if entry is None:
                    raise BrokenObject
                at = entry.end()
                if entry[2] == b"n":
                    self._place(number, (int(entry[1]), -1))
        keyword = re.compile(rb"\s*trailer").match(self._content, at)
        if keyword is None:
            raise BrokenObject
        trailer = Parser(self._content, keyword.end()).read()
        if not isinstance(trailer, dict):
            raise BrokenObject
        return trailer

    def _stream_of_places(self, at: int) -> dict[bytes, Any]:
        _, said, end = self._at(at)
        if not isinstance(said, dict) or said.get(b"Type") != b"XRef":
            raise BrokenObject
        data = self._stream(said, end)
        widths = [int(width) for width in said.get(b"W", [])[:3]]
        if len(widths) != 3 or not all(0 <= width <= 8 for width in widths) or not sum(widths):
            raise BrokenObject
        size = sum(widths)
        index = said.get(b"Index") or [0, said.get(b"Size", 0)]
        place = 0
        for first, count in zip(index[::2], index[1::2], strict=False):
            for number in range(int(first), int(first) + min(int(count), len(data) // size + 1)):
                row = data[place : place + size]
                if len(row) < size:
                    return said
                place += size
                kind, one, two = _numbers(row, widths)
                if kind in {1, 2}:
                    self._place(number, (one, -1 if kind == 1 else two))
        return said

    def _place(self, number: int, place: tuple[int, int]) -> None:
        if len(self._places) >= MAX_OBJECTS:
            raise TooManyParts("PDF", "objects", MAX_OBJECTS)
        # The newest table comes first.
        self._places.setdefault(number, place)

    def _search(self) -> None:
        """Finds the objects of a file whose tables are broken, as viewers do."""
        self._places.clear()
        for count, found in enumerate(_OBJECT.finditer(self._content)):
            if count >= MAX_OBJECTS:
                raise TooManyParts("PDF", "objects", MAX_OBJECTS)
            self._places[int(found[1])] = (found.start(), -1)
        for keyword in re.finditer(rb"trailer\s*<<", self._content):
            try:
                trailer = Parser(self._content, keyword.end() - 2).read()
            except BrokenObject:
                continue
            if isinstance(trailer, dict):
                self.trailer |= trailer
        if not isinstance(self.get(self.trailer.get(b"Root")), dict):
            raise DamagedFile("PDF", "its list of pages is not there")

    def _in_stream(self, number: int) -> list[Any]:
        """The objects of a stream that holds some."""
        if number not in self._streams:
            self._streams[number] = []
            place, index = self._places.get(number, (-1, 0))
            if place < 0 or index >= 0:
                raise BrokenObject
            _, said, end = self._at(place)
            data = self._stream(said, end)
            count, first = int(self.get(said[b"N"])), int(self.get(said[b"First"]))
            heads = data[:first].split()[: 2 * min(count, MAX_OBJECTS)]
            self._streams[number] = [_object_in(data, first + int(at)) for at in heads[1::2]]
        return self._streams[number]

    def _stream(self, said: dict[bytes, Any], end: int) -> bytes:
        begin = re.compile(rb"\s*stream\r?\n").match(self._content, end)
        length = self.get(said.get(b"Length"))
        if begin is None or not isinstance(length, int):
            raise BrokenObject
        data = self._content[begin.end() : begin.end() + max(0, length)]
        filters = said.get(b"Filter")
        if filters in (b"FlateDecode", [b"FlateDecode"]):
            data = zlib.decompressobj().decompress(data, MAX_STREAM_BYTES)
        elif filters is not None:
            raise BrokenObject
        self._inflated += len(data)
        if self._inflated > MAX_INFLATED_BYTES:
            raise TooManyParts("PDF", "bytes of objects", MAX_INFLATED_BYTES)
        options = self.get(said.get(b"DecodeParms"))
        options = options[0] if isinstance(options, list) and options else options
        if isinstance(options, dict) and options.get(b"Predictor", 1) >= 10:
            return _predicted(data, int(options.get(b"Columns", 1)))
        return data


def _object_in(data: bytes, at: int) -> Any:
    try:
        return Parser(data, at).read()
    except BrokenObject:
        return None


def _numbers(row: bytes, widths: list[int]) -> tuple[int, int, int]:
    a, b, _ = widths
    kind = int.from_bytes(row[:a], "big") if a else 1
    return kind, int.from_bytes(row[a : a + b], "big"), int.from_bytes(row[a + b :], "big")


def _predicted(data: bytes, columns: int) -> bytes:
    """Rows that tell how they differ from the one above (PNG's filters 0 to 2, as writers use)."""
    if not 0 < columns <= 1 << 16:
        raise BrokenObject
    rows, above = [], bytes(columns)
    for at in range(0, len(data) - columns, columns + 1):
        row = data[at + 1 : at + 1 + columns]
        if data[at] == 2:
            row = bytes((one + other) & 255 for one, other in zip(row, above, strict=True))
        elif data[at] == 1:
            row = bytes(_sums(row))
        elif data[at]:
            raise BrokenObject
        rows.append(row)
        above = row
    return b"".join(rows)


def _sums(row: bytes) -> list[int]:
    total, sums = 0, []
    for one in row:
        total = (total + one) & 255
        sums.append(total)
    return sums
