"""PDF files: how many pages there are, and how large each is drawn. Nothing of a page is read."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO, Final

from imagefile import exif, other_formats
from imagefile.errors import DamagedFile, TooManyPages, TooManyParts
from imagefile.header import Header, Picture, read_at, size_of
from imagefile.pdf_count import with_count
from imagefile.pdf_file import PdfFile, start_in
from imagefile.pdf_objects import Reference

DOTS_PER_INCH: Final = 200
"""A letter is then 1,700 by 2,200 pixels: small print is read well."""
LONGEST_SIDE: Final = 4_000
"""In pixels, of larger sheets."""
MAX_NODES: Final = 10_000
"""Of the tree of pages."""
MAX_DEPTH: Final = 64

_LETTER: Final = (0.0, 0.0, 612.0, 792.0)
"""What viewers take for a page that does not tell its size, in points."""
_POINTS_PER_INCH: Final = 72

_Box = tuple[float, float, float, float]


def is_pdf(head: bytes) -> bool:
    """Whether a file with these first bytes is one."""
    start = start_in(head)
    return start == 0 or (start > 0 and not other_formats.is_known(head))


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
    content = read_at(file, 0, size_of(file))
    pdf = PdfFile(file)
    tree = _tree(pdf)
    if not _is_count(pdf.get(tree.get(b"Count"))):
        pages = list(_pages(pdf, tree))
        if None in pages:
            content = with_count(content, pdf, len(pages))
    return Picture(content)


def _headers(file: BinaryIO) -> Iterator[Header]:
    """Of as many pages as the root of their tree counts: what draws them knows no others."""
    pdf = PdfFile(file)
    tree = _tree(pdf)
    count = pdf.get(tree.get(b"Count"))
    is_any = False
    for page in islice(_pages(pdf, tree), int(count) if _is_count(count) else None):
        is_any = is_any or page is not None
        yield _header(pdf, page or {})
    if not is_any:
        raise DamagedFile("PDF", "it has no pages")


def _tree(pdf: PdfFile) -> dict[bytes, Any]:
    tree: dict[bytes, Any] = pdf.get(pdf.get(pdf.trailer[b"Root"])[b"Pages"])
    return tree


def _is_count(count: Any) -> bool:
    return isinstance(count, int | float) and 1 <= count <= MAX_NODES


def _pages(pdf: PdfFile, tree: dict[bytes, Any]) -> Iterator[dict[bytes, Any] | None]:
    """What is said of each page; None: it is missing, and still has a number."""
    above: list[tuple[int, dict[bytes, Any], Iterator[Any]]] = [(-1, {}, iter([tree]))]
    visited = 0
    while above:
        _, inherited, siblings = above[-1]
        try:
            reference = next(siblings)
        except StopIteration:
            above.pop()
            continue
        visited += 1
        if visited > MAX_NODES or len(above) > MAX_DEPTH:
            raise TooManyParts("PDF", "groups of pages", MAX_NODES)
        number = reference.number if isinstance(reference, Reference) else -1
        if number >= 0 and any(number == group for group, _, _ in above):
            raise DamagedFile("PDF", "its pages lead in a circle")
        node = pdf.get(reference)
        if not isinstance(node, dict):
            yield None
            continue
        said = inherited | {key: node[key] for key in _INHERITED if node.get(key) is not None}
        children = pdf.get(node.get(b"Kids"))
        if isinstance(children, list):
            above.append((number, said, iter(children)))
        else:
            yield None if pdf.get(node.get(b"Type")) == b"Pages" else said


_INHERITED: Final = (b"MediaBox", b"CropBox", b"Rotate")


def _header(pdf: PdfFile, said: dict[bytes, Any]) -> Header:
    media = _box(pdf, said.get(b"MediaBox")) or _LETTER
    left, bottom, right, top = _inside(_box(pdf, said.get(b"CropBox")) or media, media)
    width, height = right - left, top - bottom
    scale = min(DOTS_PER_INCH / _POINTS_PER_INCH, LONGEST_SIDE / max(width, height))
    across, down = (max(1, round(side * scale)) for side in (width, height))
    turn = pdf.get(said.get(b"Rotate"))
    # As it is drawn: what is no whole turn counts for the one before it.
    is_turned = isinstance(turn, int | float) and int(turn / 90) % 2 == 1
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
