"""TIFF files (TIFF 6.0, BigTIFF): their pages, and one page without all that is said beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from imagefile import exif
from imagefile.errors import DamagedFile, TooManyPages, TooManyParts, UnsupportedFormat
from imagefile.header import Header, Picture, read_at, size_of
from imagefile.tiff_directory import MAX_ENTRIES, Directory, Layout, read_directory
from imagefile.tiff_pixels import (
    BITS,
    COMPRESSION,
    PHOTOMETRIC,
    PLANES,
    SAMPLE_FORMAT,
    SAMPLES,
    UNCOMPRESSED,
    is_decoded,
)
from imagefile.tiff_places import (
    HEIGHT,
    ROWS_OF_STRIP,
    STRIP_BYTES,
    STRIPS,
    TILE_BYTES,
    TILE_HEIGHT,
    TILE_WIDTH,
    TILES,
    WIDTH,
    breaks_off,
    starts,
)

MAX_DIRECTORIES: Final = 4_096
MAX_TILE_PIXELS: Final = 1 << 26

_SUBFILE, _ORIENTATION, _SUB_DIRECTORIES = 254, 274, 330
_ICC_PROFILE, _DNG_VERSION = 34675, 50706
_KEPT: Final = frozenset(
    {WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, STRIPS, SAMPLES, ROWS_OF_STRIP, STRIP_BYTES}
    | {TILE_WIDTH, TILE_HEIGHT, TILES, TILE_BYTES, PLANES, SAMPLE_FORMAT, _ICC_PROFILE}
    # Fill order, fax options, predictor, palette, alpha, JPEG tables, luminance, subsampling,
    # positions, range.
    | {266, 292, 293, 317, 320, 338, 347, 529, 530, 531, 532}
)
"""What tells how pixels are stored. The rest tells who made the picture, when and where."""
_SMALL_COPY, _MASK = 1, 4
_RAW_PIXELS: Final = frozenset({32803, 34892})
_RAW: Final = "The file is a camera's RAW file, which can't be read: export it as JPEG or TIFF."


@dataclass(frozen=True)
class _Page:
    directory: Directory
    header: Header


def is_tiff(magic: bytes) -> bool:
    """Whether a file with these first bytes is one, or a camera's RAW file."""
    return magic[:4] in Layout.BY_MAGIC


def read_pages(file: BinaryIO, most: int) -> Sequence[Header]:
    """Reads what is said of each page.

    Raises:
        ImageFileError: one is damaged or of a kind that is not decoded, or there are too many.
    """
    headers: list[Header] = []
    for page in _pages(file):
        if len(headers) == most:
            raise TooManyPages("TIFF", most)
        headers.append(page.header)
    return headers


def read_header(file: BinaryIO, page: int) -> Header:
    """Reads what is said of one page, by its number from 1.

    Raises:
        ImageFileError: as `read_pages`, for those up to it; or it is not there.
    """
    return _page(file, page).header


def picture(file: BinaryIO, page: int) -> Picture:
    """The file with a directory at its end that tells of this page's pixels and nothing else.

    Raises:
        DamagedFile: it ends before they do, so that the directory would be drawn in their place.
    """
    directory = _page(file, page).directory
    if breaks_off(directory, size_of(file)):
        raise DamagedFile("TIFF", "it ends before its picture does")
    kept = {tag: entry for tag, entry in directory.entries.items() if tag in _KEPT}
    if directory.number(SAMPLES, 1) == 1:
        # One plane is all there is, however it is called: decoders stumble over the name.
        kept.pop(PLANES, None)
    return Picture(directory.layout.rewritten(read_at(file, 0, size_of(file)), kept))


def _page(file: BinaryIO, number: int) -> _Page:
    for at, page in enumerate(_pages(file), start=1):
        if at == number:
            return page
    raise DamagedFile("TIFF", f"it has no page {number}")


def _pages(file: BinaryIO) -> Iterator[_Page]:
    """The pages in order; small copies and masks of them are none."""
    layout = Layout.of(file)
    only_copy = None
    is_first = True
    for directory in _directories(file, layout):
        kind = directory.number(_SUBFILE, 0)
        if is_first and _is_raw(file, directory, kind):
            raise UnsupportedFormat(_RAW)
        if not kind & (_SMALL_COPY | _MASK):
            only_copy = None
            yield _Page(directory, _header(file, directory))
        elif is_first:
            only_copy = directory
        is_first = False
    if only_copy is not None:
        yield _Page(only_copy, _header(file, only_copy))
    if is_first:
        raise DamagedFile("TIFF", "its picture is missing")


def _directories(file: BinaryIO, layout: Layout) -> Iterator[Directory]:
    at, seen, left = layout.first(file), set[int](), MAX_ENTRIES
    while at:
        if at in seen:
            raise DamagedFile("TIFF", "its pages lead in a circle")
        if len(seen) == MAX_DIRECTORIES:
            raise TooManyParts("TIFF", "pages and copies", MAX_DIRECTORIES)
        seen.add(at)
        directory = read_directory(file, layout, at, left)
        left -= directory.length
        yield directory
        at = directory.next


def _is_raw(file: BinaryIO, directory: Directory, kind: int) -> bool:
    """Whether it is a camera's: it has a small picture first, and its own beside it."""
    has_parts = _SUB_DIRECTORIES in directory.entries
    return (
        _DNG_VERSION in directory.entries
        or directory.number(PHOTOMETRIC, 0) in _RAW_PIXELS
        or (bool(kind & _SMALL_COPY) and has_parts)
        or read_at(file, 8, 2) == b"CR"
    )


def _header(file: BinaryIO, directory: Directory) -> Header:
    width, height = directory.number(WIDTH, 0), directory.number(HEIGHT, 0)
    if not 0 < width < 1 << 31 or not 0 < height < 1 << 31:
        raise DamagedFile("TIFF", "its picture has no pixels")
    _check_kind(directory)
    begun = starts(directory)
    if not begun:
        raise DamagedFile("TIFF", "its picture is missing")
    end = size_of(file)
    across, down = directory.number(TILE_WIDTH, 1), directory.number(TILE_HEIGHT, 1)
    if across * down > MAX_TILE_PIXELS:
        raise DamagedFile("TIFF", "its tiles are larger than any picture")
    if max(begun) >= end or _least_bytes(directory, width, height) > end:
        raise DamagedFile("TIFF", "it ends before its picture does")
    turn = directory.number(_ORIENTATION, exif.UPRIGHT)
    return Header("TIFF", width, height, turn if 1 <= turn <= 8 else exif.UPRIGHT)


def _check_kind(directory: Directory) -> None:
    meaning = directory.number(PHOTOMETRIC, -1)
    if meaning in _RAW_PIXELS:
        raise UnsupportedFormat(_RAW)
    if not is_decoded(directory):
        raise UnsupportedFormat(
            "This TIFF file holds its pixels in a way that is not supported: save it with 8 or"
            " 16 bits in RGB, CMYK or gray, or as PNG."
        )


def _least_bytes(directory: Directory, width: int, height: int) -> int:
    """How many the picture takes where it is not compressed."""
    if directory.number(COMPRESSION, UNCOMPRESSED) != UNCOMPRESSED:
        return 0
    bits = sum(directory.samples(BITS) or (1,))
    return width * bits // 8 * height
