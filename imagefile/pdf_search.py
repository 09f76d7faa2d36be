"""What a PDF file holds whose tables are broken, by looking for keywords as viewers do."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

from imagefile.errors import TooManyParts
from imagefile.pdf_budget import Budget

MAX_OBJECTS: Final = 200_000
_FIRST: Final = 4
_LAST: Final = 8
_MAX_HEAD_BYTES: Final = 48

_HEAD: Final = re.compile(
    rb"(?<!\d)(\d{1,10})[\x00\t\n\x0c\r ]{1,16}+\d{1,5}[\x00\t\n\x0c\r ]{1,16}\Z"
)
_LETTER: Final = re.compile(rb"\w")


def found_objects(content: bytes, budget: Budget) -> list[tuple[int, int]]:
    """Where each object begins, and its number, in the order of the file.

    Raises:
        TooManyParts: there are too many.
    """
    found: list[tuple[int, int]] = []
    for at in _each(content, b"obj"):
        budget.spend("objects")
        if content[at - 1 : at].strip(b"\0\t\n\f\r ") or _LETTER.match(content, at + 3):
            continue
        begin = max(0, at - _MAX_HEAD_BYTES)
        if head := _HEAD.search(content[begin:at]):
            found.append((begin + head.start(), int(head[1])))
        if len(found) > MAX_OBJECTS:
            raise TooManyParts("PDF", "objects", MAX_OBJECTS)
    return found


def trailers(content: bytes) -> list[int]:
    """Where dictionaries of trailers begin.

    Only the first and the last few: one near the beginning or the end names the root.
    """
    return [
        begin.end()
        for at in first_and_last(content, b"trailer")
        if (begin := re.compile(rb"trailer[\x00\t\n\x0c\r ]{0,64}+(?=<<)").match(content, at))
    ]


def holders(content: bytes, keyword: bytes, starts: Sequence[int], budget: Budget) -> Iterator[int]:
    """Where the objects begin that have this name in them."""
    last = -1
    for at in _each(content, keyword):
        budget.spend("objects")
        if (index := bisect_right(starts, at) - 1) > last:
            last = index
            yield starts[index]


def first_and_last(content: bytes, keyword: bytes) -> list[int]:
    """Where a keyword is found, a few times from the beginning and from the end of the file."""
    found: set[int] = set()
    at = -1
    for _ in range(_FIRST):
        if (at := content.find(keyword, at + 1)) < 0:
            break
        found.add(at)
    at = len(content)
    for _ in range(_LAST):
        if (at := content.rfind(keyword, 0, at)) < 0:
            break
        found.add(at)
    return sorted(found)


def _each(content: bytes, keyword: bytes) -> Iterator[int]:
    at = content.find(keyword)
    while at >= 0:
        yield at
        at = content.find(keyword, at + len(keyword))
