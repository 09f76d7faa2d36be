"""TIFF files made entry by entry."""

import struct
import zlib
from collections.abc import Sequence
from typing import Final

SHORT, LONG = 3, 4
Entry = tuple[int, int, int, int]
"""Tag, type, count, and the value or where the values lie."""

WIDTH, HEIGHT, BITS, COMPRESSION, MEANING, STRIPS, SAMPLES, STRIP_BYTES = (
    256, 257, 258, 259, 262, 273, 277, 279,
)  # fmt: skip
DEFLATE: Final = 8
_FIRST: Final = 8


def directory(entries: Sequence[Entry], following: int = 0) -> bytes:
    """A directory, little-endian, and where the next one lies."""
    packed = (
        struct.pack("<HHI", tag, kind, count)
        + (
            struct.pack("<HH", value, 0)
            if kind == SHORT and count == 1
            else struct.pack("<I", value)
        )
        for tag, kind, count, value in entries
    )
    return struct.pack("<H", len(entries)) + b"".join(packed) + struct.pack("<I", following)


def gray(*changes: Entry, size: tuple[int, int] = (8, 4), strip: int = _FIRST) -> list[Entry]:
    """What is said of a gray page of 8 bits; changes take the place of what has their tag."""
    width, height = size
    said = {
        WIDTH: (WIDTH, LONG, 1, width),
        HEIGHT: (HEIGHT, LONG, 1, height),
        BITS: (BITS, SHORT, 1, 8),
        COMPRESSION: (COMPRESSION, SHORT, 1, 1),
        MEANING: (MEANING, SHORT, 1, 1),
        STRIPS: (STRIPS, LONG, 1, strip),
        SAMPLES: (SAMPLES, SHORT, 1, 1),
        STRIP_BYTES: (STRIP_BYTES, LONG, 1, width * height),
    }
    said |= {change[0]: change for change in changes}
    return [said[tag] for tag in sorted(said)]


def tiff_of(*pages: Sequence[Entry], pixels: bytes = bytes(32), loops: bool = False) -> bytes:
    """A file of these pages, whose pixels lie right behind its header."""
    body = []
    at = _FIRST + len(pixels)
    for number, page in enumerate(pages):
        is_last = number == len(pages) - 1
        end = at + len(directory(page))
        following = end if not is_last else (_FIRST + len(pixels) if loops else 0)
        body.append(directory(page, following))
        at = end
    return b"II*\0" + struct.pack("<I", _FIRST + len(pixels)) + pixels + b"".join(body)


def bomb(width: int, height: int) -> bytes:
    """A gray page of zeros, deflated to a thousandth."""
    pixels = zlib.compress(bytes(width * height), 9)
    page = gray(
        (COMPRESSION, SHORT, 1, DEFLATE),
        (STRIP_BYTES, LONG, 1, len(pixels)),
        (278, LONG, 1, height),
        size=(width, height),
    )
    return tiff_of(page, pixels=pixels + bytes(len(pixels) % 2))
