"""Where the objects of a PDF file lie (ISO 32000-2, section 7.5): by tables, streams, search."""

import contextlib
import re
import zlib
from bisect import bisect_right
from typing import Any, BinaryIO, Final

from imagefile.errors import DamagedFile, PasswordProtected, TooManyParts
from imagefile.header import read_at, size_of
from imagefile.pdf_budget import Budget
from imagefile.pdf_objects import BrokenObject, Parser, Reference
from imagefile.pdf_search import MAX_OBJECTS, first_and_last, found_objects, holders, trailers
from imagefile.pdf_streams import StreamOfObjects, objects_in, rows_in, stream_data

MAX_TABLES: Final = 512
"""Each change of a document adds one."""
LAST_START: Final = 1_024
"""The file may begin with so many bytes of something else; places are counted from its mark on."""

_MARK: Final = re.compile(rb"%PDF-\d")
_GAP: Final = rb"[\x00\t\n\x0c\r ]{0,64}+"
_START: Final = re.compile(rb"startxref\s+(\d{1,10})")
_OBJECT: Final = re.compile(
    rb"(?<!\d)(\d{1,10})[\x00\t\n\x0c\r ]{1,64}+\d{1,5}[\x00\t\n\x0c\r ]{1,64}+obj\b"
)
_TABLE: Final = re.compile(_GAP + rb"xref\b")
_SECTION: Final = re.compile(_GAP + rb"(\d{1,10})[\x00\t\n\x0c\r ]{1,64}+(\d{1,10})" + _GAP)
_ENTRY: Final = re.compile(
    _GAP + rb"(\d{1,10})[\x00\t\n\x0c\r ]{1,64}+\d{1,5}[\x00\t\n\x0c\r ]{1,64}+([nf])"
)
_TRAILER: Final = re.compile(_GAP + rb"trailer")
_LAST_BYTES: Final = 4_096
_BROKEN: Final = (
    BrokenObject,
    zlib.error,
    # Values may be of any type, whatever they stand for.
    *(AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError),
)

_Found = tuple[int, Any, int]
"""Number, value and end of an object."""


def start_in(head: bytes) -> int:
    """Where a PDF file starts in a file with these first bytes; -1: it is none."""
    mark = _MARK.search(head, 0, LAST_START)
    return mark.start() if mark else -1


class PdfFile:
    """The objects of one file, by their numbers."""

    def __init__(self, file: BinaryIO) -> None:
        """Reads where they lie.

        Raises:
            ImageFileError: it is damaged, protected, or asks for too much work.
        """
        self.start = max(0, start_in(read_at(file, 0, LAST_START)))
        """What comes before the file's own beginning, in bytes."""
        self._content = read_at(file, self.start, size_of(file))
        self._budget = Budget()
        self._places: dict[int, tuple[int, int]] = {}
        """By number: where it lies and -1, or the number of the stream that holds it and its
        place there."""
        self._objects: dict[int, _Found | None] = {}
        """Those that were read, by where they lie; None: it is broken."""
        self._streams: dict[int, StreamOfObjects] = {}
        """By their numbers."""
        self._held: dict[tuple[int, int], Any] = {}
        """Those that were read in streams: by the stream's number and their place in it."""
        self.trailer: dict[bytes, Any] = {}
        try:
            self._read_tables()
        except _BROKEN:
            self._places.clear()
        self.has_tables = self._has_pages()
        """Whether they tell where the pages are; else all was searched for objects."""
        if not self.has_tables:
            self._search()
        # One that names an object which is not there is none, as for what draws the pages.
        if self.get(self.trailer.get(b"Encrypt")) is not None:
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

    @property
    def last_number(self) -> int:
        """No object has a higher one."""
        return max(self._places, default=0)

    def _has_pages(self) -> bool:
        root = self.get(self.trailer.get(b"Root"))
        return isinstance(root, dict) and isinstance(self.get(root.get(b"Pages")), dict)

    def _object(self, number: int) -> Any:
        at, index = self._places.get(number, (-1, -1))
        if at < 0:
            return None
        return self._at(at)[1] if index < 0 else self._in_stream(at, index)

    def _at(self, at: int) -> _Found:
        """The object that lies there; it is read once, whatever leads to it."""
        if at not in self._objects:
            self._objects[at] = None
            begin = _OBJECT.match(self._content, at)
            if begin is None:
                raise BrokenObject
            parser = Parser(self._content, self._budget, begin.end())
            self._objects[at] = int(begin[1]), parser.read(), parser.at
        found = self._objects[at]
        if found is None:
            raise BrokenObject
        return found

    def _in_stream(self, number: int, index: int) -> Any:
        """The object at a place of a stream that holds some; it is read once as well."""
        stream = self._stream_of_objects(number)
        key = number, stream.begins[index]
        if key not in self._held:
            self._held[key] = None
            self._held[key] = Parser(stream.data, self._budget, stream.begins[index]).read()
        return self._held[key]

    def _stream_of_objects(self, number: int) -> StreamOfObjects:
        if number not in self._streams:
            self._streams[number] = StreamOfObjects()
            place, index = self._places.get(number, (-1, 0))
            if place < 0 or index >= 0:
                raise BrokenObject
            _, said, end = self._at(place)
            data = stream_data(self._content, end, said, self._outside, self._budget)
            self._streams[number] = objects_in(data, said, self._outside, self._budget)
        return self._streams[number]

    def _outside(self, value: Any) -> Any:
        """What a value of a stream's dictionary stands for, which lies in no other stream.

        Streams that need each other to be read have no end.
        """
        if not isinstance(value, Reference):
            return value
        at, index = self._places.get(value.number, (-1, -1))
        return self._at(at)[1] if at >= 0 and index < 0 else None

    def _read_tables(self) -> None:
        starts = _START.findall(self._content[-_LAST_BYTES:])
        at = int(starts[-1]) if starts else -1
        seen: set[int] = set()
        while 0 <= at < len(self._content) and at not in seen:
            if len(seen) >= MAX_TABLES:
                raise TooManyParts("PDF", "changes", MAX_TABLES)
            seen.add(at)
            table = _TABLE.match(self._content, at)
            trailer = self._table(table.end()) if table else self._stream_of_places(at)
            self.trailer = {**trailer, **self.trailer}
            if isinstance(beside := trailer.get(b"XRefStm"), int) and beside not in seen:
                seen.add(beside)
                self._stream_of_places(beside)
            before = trailer.get(b"Prev", -1)
            at = int(before) if isinstance(before, int | float) else -1

    def _table(self, at: int) -> dict[bytes, Any]:
        while section := _SECTION.match(self._content, at):
            self._budget.spend("rows of tables")
            first, count = int(section[1]), int(section[2])
            at = section.end()
            for number in range(first, first + count):
                self._budget.spend("rows of tables")
                entry = _ENTRY.match(self._content, at)
                if entry is None:
                    raise BrokenObject
                at = entry.end()
                if entry[2] == b"n":
                    self._place(number, (int(entry[1]), -1))
        keyword = _TRAILER.match(self._content, at)
        if keyword is None:
            raise BrokenObject
        trailer = Parser(self._content, self._budget, keyword.end()).read()
        if not isinstance(trailer, dict):
            raise BrokenObject
        return trailer

    def _stream_of_places(self, at: int) -> dict[bytes, Any]:
        _, said, end = self._at(at)
        if not isinstance(said, dict) or said.get(b"Type") != b"XRef":
            raise BrokenObject
        data = stream_data(self._content, end, said, self._outside, self._budget)
        for number, kind, one, two in rows_in(data, said, self._budget):
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
        found = found_objects(self._content, self._budget)
        self._places = {number: (at, -1) for at, number in found}
        self._streams.clear()
        self._held.clear()
        starts = [at for at, _ in found]
        self._find_trailers(starts)
        for at in holders(self._content, b"/ObjStm", starts, self._budget):
            self._find_held(at)
        if not self._has_pages():
            raise DamagedFile("PDF", "its list of pages is not there")

    def _find_trailers(self, starts: list[int]) -> None:
        for at in trailers(self._content):
            with contextlib.suppress(*_BROKEN):
                self.trailer |= dict(Parser(self._content, self._budget, at).read())
        # Tables in streams say in their dictionaries what trailers say.
        for at in first_and_last(self._content, b"/XRef"):
            with contextlib.suppress(*_BROKEN):
                _, said, _ = self._at(starts[bisect_right(starts, at) - 1])
                if said[b"Type"] == b"XRef":
                    self.trailer |= said

    def _find_held(self, holder: int) -> None:
        """Objects in a stream, unless they are found again behind it."""
        with contextlib.suppress(*_BROKEN):
            number, said, _ = self._at(holder)
            if said[b"Type"] != b"ObjStm" or self._places[number] != (holder, -1):
                return
            for index, held in enumerate(self._stream_of_objects(number).numbers):
                at, known = self._places.get(held, (-1, -1))
                if known >= 0 or at < holder:
                    self._places[held] = number, index
