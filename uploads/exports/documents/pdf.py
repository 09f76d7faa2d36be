"""Recognized text as a searchable PDF: the photo, and over it its lines, invisible."""

import zlib
from collections.abc import Iterable, Mapping
from typing import IO, Any, Final

from uploads.exports.documents import pdf_font
from uploads.exports.documents.lines import Line, lines_of, printable
from uploads.exports.documents.pdf_picture import Embedded

_DOTS_AN_INCH: Final = 200
"""As documents are drawn; of a photo nobody knows."""
_LARGEST_SIDE: Final = 14_000
"""In points: larger ones many programs do not show."""
_PLACED: Final = {
    1: b"1 0 0 1 0 0",
    2: b"-1 0 0 1 1 0",
    3: b"-1 0 0 -1 1 1",
    4: b"1 0 0 -1 0 1",
    5: b"0 -1 -1 0 1 1",
    6: b"0 -1 1 0 0 1",
    7: b"0 1 1 0 0 0",
    8: b"0 1 -1 0 1 0",
}
"""By orientation as EXIF numbers it: where the unit square of a stored picture lies upright."""


class Writer:
    """A PDF file: objects in the order in which they are written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._offsets: dict[int, int] = {}
        self._size = 0
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def add(self, number: int, words: bytes, data: bytes | None = None) -> None:
        """An object: a dictionary, and its stream where there is one."""
        self._offsets[number] = self._size
        if data is None:
            self._write(b"%d 0 obj\n<< %s >>\nendobj\n" % (number, words))
            return
        self._write(b"%d 0 obj\n<< %s /Length %d >>\nstream\n" % (number, words, len(data)))
        self._write(data)
        self._write(b"\nendstream\nendobj\n")

    def end(self, root: int, info: int) -> None:
        """The table of all objects."""
        start, count = self._size, len(self._offsets) + 1
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % count)
        for number in range(1, count):
            self._write(b"%010d 00000 n \n" % self._offsets[number])
        words = b"/Size %d /Root %d 0 R /Info %d 0 R" % (count, root, info)
        self._write(b"trailer\n<< %s >>\nstartxref\n%d\n%%%%EOF\n" % (words, start))

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._size += len(data)


def write_pdf(
    file: IO[bytes],
    output: Mapping[str, Any],
    picture: Embedded,
    size: tuple[int, int],
    name: str,
) -> None:
    """Writes a PDF of one page, turned as the text was.

    Args:
        file: is written to.
        output: of the kind `text`.
        picture: the photo; it fills the page.
        size: width and height of the upright picture in pixels, as the lines are placed.
        name: the document's title.
    """
    width, height = size
    scale = min(72 / _DOTS_AN_INCH, _LARGEST_SIDE / max(size))
    wide, high = width * scale, height * scale
    content = b"q %s 0 0 %s 0 0 cm %s cm /Photo Do Q\n" % (
        *_numbers(wide, high),
        _PLACED[picture.orientation],
    )
    content += _text(lines_of(output), high, scale)
    writer = Writer(file)
    language = str(output.get("language") or "")
    lang = b" /Lang " + _string(language) if language else b""
    writer.add(1, b"/Type /Catalog /Pages 2 0 R" + lang)
    writer.add(2, b"/Type /Pages /Kids [3 0 R] /Count 1")
    turned = int(output.get("turned") or 0) % 360 // 90 * 90
    resources = b"/XObject << /Photo 5 0 R >> /Font << /F 6 0 R >>"
    box = b"/MediaBox [0 0 %s %s]" % (*_numbers(wide, high),) + b" /Rotate %d" % turned
    page = b"/Type /Page /Parent 2 0 R %s /Contents 4 0 R /Resources << %s >>"
    writer.add(3, page % (box, resources))
    writer.add(4, b"/Filter /FlateDecode", zlib.compress(content))
    writer.add(5, picture.words.replace(b"FUNCTION", b"12 0 R"), picture.data)
    _add_font(writer)
    writer.add(11, b"/Producer (Darkroom) /Title " + _string(printable(name)))
    domain = b" ".join([b"0 1"] * max(picture.channels, 1))
    range_ = b" ".join([b"0 1"] * max(picture.channels - 1, 1))
    function = picture.function or b"{}"
    writer.add(12, b"/FunctionType 4 /Domain [%s] /Range [%s]" % (domain, range_), function)
    writer.end(1, 11)


def _text(lines: Iterable[Line], high: float, scale: float) -> bytes:
    """The lines as invisible text, each stretched to where it stands; the page's y goes up."""
    shown = [b"BT 3 Tr /F 1 Tf\n"]
    for line in lines:
        (x, y), (ax, ay), (ux, uy) = line.start, line.along, line.up
        advances = pdf_font.codes(line.text) * pdf_font.ADVANCE
        matrix = (
            *(ax * scale / advances, -ay * scale / advances, ux * scale, -uy * scale),
            *(x * scale, high - y * scale),
        )
        placed = b" ".join(_numbers(*matrix))
        shown.append(placed + b" Tm " + pdf_font.encoded(line.text) + b" Tj\n")
    shown.append(b"ET\n")
    return b"".join(shown)


def _add_font(writer: Writer) -> None:
    font = pdf_font.NAME.encode()
    writer.add(
        6,
        b"/Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H"
        b" /DescendantFonts [7 0 R] /ToUnicode 10 0 R" % font,
    )
    writer.add(
        7,
        b"/Type /Font /Subtype /CIDFontType2 /BaseFont /%s /FontDescriptor 8 0 R /DW %d"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
        b" /CIDToGIDMap 13 0 R" % (font, pdf_font.ADVANCE * 1000),
    )
    writer.add(
        8,
        b"/Type /FontDescriptor /FontName /%s /FontFile2 9 0 R /Flags 5 /ItalicAngle 0"
        b" /FontBBox [0 0 500 1000] /Ascent 1000 /Descent 0 /CapHeight 1000 /StemV 80" % font,
    )
    file = pdf_font.font_file()
    writer.add(9, b"/Length1 %d" % len(file), file)
    writer.add(10, b"/Filter /FlateDecode", pdf_font.to_unicode())
    writer.add(13, b"/Filter /FlateDecode", pdf_font.cid_to_gid())


def _numbers(*values: float) -> list[bytes]:
    return [f"{value:.4f}".rstrip("0").rstrip(".").encode() for value in values]


def _string(text: str) -> bytes:
    return b"<FEFF" + text.encode("utf-16-be").hex().encode() + b">"
