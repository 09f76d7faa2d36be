"""BMP files (Windows bitmaps, versions 2 to 5): their header, and a color profile in them."""

import struct
from typing import BinaryIO, Final

from imagefile import exif
from imagefile.errors import DamagedFile, UnsupportedFormat
from imagefile.header import Header, Picture, read_at, size_of

MAGIC: Final = b"BM"
MAX_PROFILE_BYTES: Final = 8 << 20
_FILE_HEADER_BYTES: Final = 14
_OLDEST, _NEWEST = 12, 124
_HEADERS: Final = frozenset({_OLDEST, 40, 52, 56, 64, 108, _NEWEST})
_DEPTHS: Final = frozenset({1, 4, 8, 16, 24, 32})
_PLAIN, _RLE8, _RLE4, _MASKS = 0, 1, 2, 3
_CODINGS: Final = {_PLAIN: _DEPTHS, _RLE8: {8}, _RLE4: {4}, _MASKS: {16, 24, 32}}
_MASKS_AT: Final = 54
_OPAQUE: Final = 0
_LAYOUTS: Final[dict[int, set[tuple[int, ...]]]] = {
    16: {(0xF800, 0x7E0, 0x1F), (0x7C00, 0x3E0, 0x1F)},
    24: {(0xFF0000, 0xFF00, 0xFF)},
    32: {
        (0xFF0000, 0xFF00, 0xFF, _OPAQUE),
        (0xFF000000, 0xFF0000, 0xFF00, _OPAQUE),
        (0xFF000000, 0xFF00, 0xFF, _OPAQUE),
        (0xFF000000, 0xFF0000, 0xFF00, 0xFF),
        (0xFF, 0xFF00, 0xFF0000, 0xFF000000),
        (0xFF0000, 0xFF00, 0xFF, 0xFF000000),
        (0xFF000000, 0xFF00, 0xFF, 0xFF0000),
        (0, 0, 0, _OPAQUE),
    },
}
"""By depth, which bits are red, green, blue and, of 32, alpha: those that are decoded."""
_WITH_ALPHA: Final = 56
"""From headers of so many bytes on the fourth mask is told."""
_EMBEDDED: Final = b"DEBM"
"""`MBED`, little-endian: the profile lies in the file."""


def is_bmp(magic: bytes) -> bool:
    """Whether a file with these first bytes is one: two letters alone say too little."""
    return magic.startswith(MAGIC) and _header_bytes(magic) in _HEADERS


def read_header(file: BinaryIO) -> Header:
    """Reads the header.

    Raises:
        ImageFileError: it is damaged, or of a kind that is not decoded.
    """
    head = read_at(file, 0, _FILE_HEADER_BYTES + _NEWEST)
    if len(head) < _FILE_HEADER_BYTES + _header_bytes(head):
        raise DamagedFile("BMP", "it ends before its picture begins")
    if _header_bytes(head) == _OLDEST:
        width, height, _, depth = struct.unpack_from("<HHHH", head, 18)
        coding = _PLAIN
    else:
        width, height, _, depth, coding = struct.unpack_from("<iiHHI", head, 18)
    has_layout = coding != _MASKS or _masks(head, depth) in _LAYOUTS.get(depth, ())
    if depth not in _CODINGS.get(coding, ()) or not has_layout:
        raise UnsupportedFormat(
            "This BMP file holds its pixels in a way that is not supported:"
            " open it and save it as PNG."
        )
    # A negative height: the rows come from the top.
    height = abs(height)
    if width <= 0 or not height:
        raise DamagedFile("BMP", "its picture has no pixels")
    (start,) = struct.unpack_from("<I", head, 10)
    row_bytes = (width * depth + 31) // 32 * 4
    needed = row_bytes * height if coding in {_PLAIN, _MASKS} else 1
    if start + needed > size_of(file):
        raise DamagedFile("BMP", "it ends before its picture does")
    return Header("BMP", width, height, exif.UPRIGHT)


def picture(file: BinaryIO) -> Picture:
    """The file with the color profile that it may have."""
    content = read_at(file, 0, size_of(file))
    profile = None
    if _header_bytes(content) == _NEWEST and content[70:74] == _EMBEDDED:
        begin, size = struct.unpack_from("<II", content, 126)
        begin += _FILE_HEADER_BYTES
        profile = content[begin : begin + min(size, MAX_PROFILE_BYTES)] or None
    return Picture(content, icc_profile=profile)


def _masks(head: bytes, depth: int) -> tuple[int, ...]:
    """Which bits of a pixel are of which color; they lie behind the shortest header, in others."""
    has_alpha = _header_bytes(head) >= _WITH_ALPHA
    masks = struct.unpack("<IIII", head[_MASKS_AT : _MASKS_AT + 16].ljust(16, b"\0"))
    return (*masks[:3], masks[3] if has_alpha else _OPAQUE) if depth == 32 else masks[:3]


def _header_bytes(head: bytes) -> int:
    return int.from_bytes(head[14:18], "little")
