"""The bytes of the streams in a PDF file that hold objects or tables (ISO 32000-2, section 7.4)."""

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from imagefile.pdf_budget import Budget
from imagefile.pdf_objects import BrokenObject

MAX_STREAM_BYTES: Final = 8 << 20
"""As stored, and once inflated."""

_BEGIN: Final = re.compile(rb"[\x00\t\n\x0c\r ]{0,64}+stream\r?\n")


def stream_data(
    content: bytes, end: int, said: dict[bytes, Any], get: Callable[[Any], Any], budget: Budget
) -> bytes:
    """The inflated bytes of the stream whose dictionary `said` ends there.

    Raises:
        BrokenObject, zlib.error, TypeError, ValueError: it does not follow the rules.
        TooManyParts: the budget is spent.
    """
    begin = _BEGIN.match(content, end)
    length = get(said.get(b"Length"))
    if begin is None or not isinstance(length, int):
        raise BrokenObject
    length = min(max(0, length), MAX_STREAM_BYTES, len(content) - begin.end())
    budget.spend("bytes of objects", length)
    data = content[begin.end() : begin.end() + length]
    filters = get(said.get(b"Filter"))
    if filters in (b"FlateDecode", [b"FlateDecode"]):
        most = min(MAX_STREAM_BYTES, budget.left["inflated bytes"] + 1)
        data = zlib.decompressobj().decompress(data, most)
    elif filters is not None:
        raise BrokenObject
    budget.spend("inflated bytes", len(data))
    options = get(said.get(b"DecodeParms"))
    options = options[0] if isinstance(options, list) and options else options
    if isinstance(options, dict) and options.get(b"Predictor", 1) >= 10:
        return _predicted(data, int(options.get(b"Columns", 1)), budget)
    return data


@dataclass(frozen=True)
class StreamOfObjects:
    """A stream that holds objects: its bytes, the number of each, and where each begins."""

    data: bytes = b""
    numbers: list[int] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)


def objects_in(
    data: bytes, said: dict[bytes, Any], get: Callable[[Any], Any], budget: Budget
) -> StreamOfObjects:
    """What lies in a stream of objects, none of which is read (section 7.5.7)."""
    count, first = int(get(said[b"N"])), int(get(said[b"First"]))
    count = min(max(0, count), budget.left["rows of tables"] + 1)
    heads = [int(one) for one in data[:first].split(maxsplit=2 * count)[: 2 * count]]
    budget.spend("rows of tables", len(heads))
    return StreamOfObjects(data, heads[::2], [first + at for at in heads[1::2]])


def rows_in(
    data: bytes, said: dict[bytes, Any], budget: Budget
) -> Iterator[tuple[int, int, int, int]]:
    """The rows of a table in a stream: an object's number, and three fields (section 7.5.8)."""
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
                return
            budget.spend("rows of tables")
            place += size
            yield number, *_fields(row, widths)


def _fields(row: bytes, widths: list[int]) -> tuple[int, int, int]:
    a, b, _ = widths
    kind = int.from_bytes(row[:a], "big") if a else 1
    return kind, int.from_bytes(row[a : a + b], "big"), int.from_bytes(row[a + b :], "big")


def _predicted(data: bytes, columns: int, budget: Budget) -> bytes:
    """Rows that tell how they differ from the one above (PNG's filters 0 to 2, as writers use).

    A row is one number, so that the time depends on the rows rather than on the bytes.
    """
    if not 0 < columns <= 1 << 16:
        raise BrokenObject
    budget.spend("rows of tables", len(data) // (columns + 1))
    masks = int.from_bytes(b"\x7f" * columns), int.from_bytes(b"\x80" * columns)
    rows, above = [], 0
    for at in range(0, len(data) - columns, columns + 1):
        row = int.from_bytes(data[at + 1 : at + 1 + columns], "little")
        if data[at] == 2:
            row = _sum(row, above, masks)
        elif data[at] == 1:
            row = _sums(row, columns, masks)
        elif data[at]:
            raise BrokenObject
        rows.append(row.to_bytes(columns, "little"))
        above = row
    return b"".join(rows)


def _sum(one: int, other: int, masks: tuple[int, int]) -> int:
    """Each byte's sum with the other's, without what it carries."""
    low, high = masks
    return ((one & low) + (other & low)) ^ ((one ^ other) & high)


def _sums(row: int, columns: int, masks: tuple[int, int]) -> int:
    """Each byte's sum with all before it."""
    whole, before = (1 << 8 * columns) - 1, 1
    while before < columns:
        row = _sum(row, row << 8 * before & whole, masks)
        before *= 2
    return row
