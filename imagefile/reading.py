"""Which format a file has, and what that format's reader says of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from imagefile import bmp, gif, heif, jpeg, other_formats, pdf, png, tiff, webp
from imagefile.formats import Format
from imagefile.header import Header, Picture, read_at

LOOKED_AT_BYTES: Final = other_formats.LOOKED_AT_BYTES
"""By so many first bytes a file's format is known."""


@dataclass(frozen=True)
class _Reader:
    """What reads the files of one format."""

    is_of_it: Callable[[bytes], bool]
    """Whether a file that begins with these bytes is one."""
    header: Callable[[BinaryIO], Header]
    picture: Callable[[BinaryIO], Picture]


@dataclass(frozen=True)
class _DocumentReader:
    """What reads the documents of one format, page by page; the first page is number 1."""

    is_of_it: Callable[[bytes], bool]
    headers: Callable[[BinaryIO, int], Sequence[Header]]
    """Of all pages; refused where there are more than so many."""
    header: Callable[[BinaryIO, int], Header]
    picture: Callable[[BinaryIO, int], Picture]


_READERS: Final[dict[Format, _Reader | _DocumentReader]] = {
    "JPEG": _Reader(lambda head: head.startswith(jpeg.MAGIC), jpeg.read_header, jpeg.picture),
    "PNG": _Reader(lambda head: head.startswith(png.MAGIC), png.read_header, png.picture),
    "WEBP": _Reader(webp.is_webp, webp.read_header, webp.picture),
    "AVIF": _Reader(heif.is_avif, heif.read_header, heif.picture),
    "HEIF": _Reader(heif.is_heif, heif.read_header, heif.picture),
    "TIFF": _DocumentReader(tiff.is_tiff, tiff.read_pages, tiff.read_header, tiff.picture),
    "GIF": _Reader(lambda head: head.startswith(gif.MAGIC), gif.read_header, gif.picture),
    "BMP": _Reader(bmp.is_bmp, bmp.read_header, bmp.picture),
    # The last: it may begin with something else.
    "PDF": _DocumentReader(pdf.is_pdf, pdf.read_pages, pdf.read_header, pdf.picture),
}


def format_of(head: bytes) -> Format:
    """The format of a file that begins with these bytes; of a HEIC file it may turn out to be AVIF.

    Raises:
        UnsupportedFormat: it is none of those that are taken; the message says what to do.
    """
    for name, reader in _READERS.items():
        if reader.is_of_it(head):
            return name
    raise other_formats.refusal(head)


def read_pages(file: BinaryIO, most: int) -> Sequence[Header]:
    """What the file says of each of its pages, without decoding one; what is no document has one.

    It costs little whatever the file holds: metadata is skipped rather than read, and what would
    take long to walk or decode is refused.

    Raises:
        ImageFileError: the file is not taken, and why; it has more than `most` pages.
    """
    reader = _reader(file)
    if isinstance(reader, _DocumentReader):
        return reader.headers(file, most)
    return [reader.header(file)]


def read_header(file: BinaryIO, page: int = 1) -> Header:
    """What the file says of its picture, or of one page of a document, without decoding it.

    Raises:
        ImageFileError: the file is not taken, and why.
    """
    reader = _reader(file)
    if isinstance(reader, _DocumentReader):
        return reader.header(file, page)
    return reader.header(file)


def read_picture(file: BinaryIO, header: Header, page: int = 1) -> Picture:
    """What is needed to decode the picture, or page, of a file whose header was read.

    Raises:
        ImageFileError: too little of the picture is there.
    """
    reader = _READERS[header.format]
    if isinstance(reader, _DocumentReader):
        return reader.picture(file, page)
    return reader.picture(file)


def _reader(file: BinaryIO) -> _Reader | _DocumentReader:
    return _READERS[format_of(read_at(file, 0, LOOKED_AT_BYTES))]
