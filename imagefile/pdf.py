"""PDF files: how many pages there are, and how large each is drawn. Nothing of a page is read."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

from imagefile import exif
from imagefile.errors import DamagedFile, TooManyPages, TooManyParts
from imagefile.header import Header, Picture, read_at, size_of
from imagefile.pdf_file import PdfFile
from imagefile.pdf_objects import Reference

DOTS_PER_INCH: Final = 200
"""A letter is then 1,700 by 2,200 pixels: small print is read well."""
LONGEST_SIDE: Final = 4_000
"""In pixels, of larger sheets."""
MAX_NODES: Final = 10_000
"""Of the tree of pages."""
MAX_DEPTH: Final = 64

_MAGIC: Final = re.compile(rb"(\xef\xbb\xbf)?\s{0,64}%PDF-\d")
_LETTER: Final = (0.0, 0.0, 612.0, 792.0)
"""What viewers take for a page that does not tell its size, in points."""
_POINTS_PER_INCH: Final = 72

_Box = tuple[float, float, float, float]


def is_pdf(head: bytes) -> bool:
    """Whether a file with these first bytes is one."""
    return _MAGIC.match(head) is not None


def read_pages(file: BinaryIO, most: int) -> Sequence[Header]:
    """Reads the size of each page.

    Raises:
        ImageFileError: it is damaged, protected by a password, or has too many pages.
    """
    headers: list[Header] = []
    for header in _headers(file):
        if len(headers) == most:
            raise TooManyPages("PDF", most)
        headers.append(header)
    if not headers:
        raise DamagedFile("PDF", "it has no pages")
    return headers


def read_header(file: BinaryIO, page: int) -> Header:
    """Reads the size of one page, by its number from 1.

    Raises:
        ImageFileError: as `read_pages`; or it is not there.
    """
    for number, header in enumerate(_headers(file), start=1):
        if number == page:
            return header
    raise DamagedFile("PDF", f"it has no page {page}")


def picture(file: BinaryIO, _page: int) -> Picture:
    """The whole file: what draws a page may need any part of it."""
    return Picture(read_at(file, 0, size_of(file)))


def _headers(file: BinaryIO) -> Iterator[Header]:
    pdf = PdfFile(file)
    root = pdf.get(pdf.trailer.get(b"Root"))
    waiting: list[tuple[Any, dict[bytes, Any], int]] = [(root.get(b"Pages"), {}, 0)]
    seen: set[int] = set()
    visited = 0
    while waiting:
        reference, inherited, depth = waiting.pop()
        if isinstance(reference, Reference):
            if reference.number in seen:
                raise DamagedFile("PDF", "its pages lead in a circle")
            seen.add(reference.number)
        visited += 1
        if visited > MAX_NODES or depth > MAX_DEPTH:
            raise TooManyParts("PDF", "groups of pages", MAX_NODES)
        node = pdf.get(reference)
        if not isinstance(node, dict):
            continue
        said = {**inherited, **{key: node[key] for key in _INHERITED if key in node}}
        children = pdf.get(node.get(b"Kids"))
        if isinstance(children, list):
            waiting += [(child, said, depth + 1) for child in reversed(children[: MAX_NODES + 1])]
        else:
            yield _header(pdf, said)


_INHERITED: Final = (b"MediaBox", b"CropBox", b"Rotate")


def _header(pdf: PdfFile, said: dict[bytes, Any]) -> Header:
    media = _box(pdf, said.get(b"MediaBox")) or _LETTER
    left, bottom, right, top = _inside(_box(pdf, said.get(b"CropBox")) or media, media)
    width, height = right - left, top - bottom
    scale = min(DOTS_PER_INCH / _POINTS_PER_INCH, LONGEST_SIDE / max(width, height))
    across, down = (max(1, round(side * scale)) for side in (width, height))
    turn = pdf.get(said.get(b"Rotate"))
    is_turned = isinstance(turn, int) and turn // 90 % 2 == 1
    return Header("PDF", *((down, across) if is_turned else (across, down)), exif.UPRIGHT)


def _box(pdf: PdfFile, value: Any) -> _Box | None:
    """Left, bottom, right and top in points; None: it is none that has an area."""
    sides = pdf.get(value)
    if not isinstance(sides, list) or len(sides) != 4:
        return None
    numbers = [pdf.get(side) for side in sides]
    if not all(isinstance(number, int | float) for number in numbers):
        return None
    one, two, three, four = (min(max(float(number), -1e7), 1e7) for number in numbers)
    box = min(one, three), min(two, four), max(one, three), max(two, four)
    return box if box[2] - box[0] > 0 and box[3] - box[1] > 0 else None


def _inside(crop: _Box, media: _Box) -> _Box:
    """What of the sheet is shown; all of it where the two do not meet."""
    left, bottom = max(crop[0], media[0]), max(crop[1], media[1])
    right, top = min(crop[2], media[2]), min(crop[3], media[3])
    return (left, bottom, right, top) if right > left and top > bottom else media
