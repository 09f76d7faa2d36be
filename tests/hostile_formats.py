"""Files of phones', scanners' and offices' formats that lie, loop or swell, each named by how."""

import struct
from collections.abc import Callable
from typing import Final

from tests.heif_files import box, full_box, grid, heic
from tests.image_files import LARGE, picture
from tests.photos import encoded
from tests.tiff_files import (
    BITS,
    COMPRESSION,
    LONG,
    MEANING,
    SAMPLES,
    SHORT,
    STRIP_BYTES,
    STRIPS,
    WIDTH,
    Entry,
    bomb,
    directory,
    gray,
    tiff_of,
)

FTYP: Final = box(b"ftyp", b"heic", bytes(4), b"mif1heic")
GIF_HEAD: Final = b"GIF89a" + struct.pack("<HHBBB", 8, 4, 0, 0, 0)


def bmp_of(width: int, height: int, depth: int = 24, coding: int = 0, rest: bytes = b"") -> bytes:
    """A BMP of this header, and as many bytes as `rest` has."""
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, depth, coding, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(rest), 0, 0, 54) + head + rest


def gif_of(left: int, top: int, width: int, height: int, code_size: int = 2) -> bytes:
    """A GIF of one frame, which has no pixels."""
    frame = struct.pack("<HHHHB", left, top, width, height, 0)
    return GIF_HEAD + b"\x2c" + frame + bytes([code_size]) + b"\2\0\0\0;"


def in_tiles(width: int, height: int) -> list[Entry]:
    """A page in tiles of this size."""
    return gray(
        *((322, LONG, 1, width), (323, LONG, 1, height), (324, LONG, 1, 8), (325, LONG, 1, 32))
    )


def overlapping() -> bytes:
    """A TIFF of 4,096 small copies, each with 4,096 tags, that begin 12 bytes apart."""
    count, tag = 4_096, struct.pack("<HHIH", 254, SHORT, 1, 1)
    records = [struct.pack("<H", count) + tag] * count
    records += [struct.pack("<HI6x", count, 8 + 12 * (at + 1)) for at in range(count)]
    return b"II*\0" + struct.pack("<I", 8) + b"".join(records) + bytes(16)


def nested(depth: int) -> bytes:
    """Boxes in boxes."""
    body = b""
    for _ in range(depth):
        body = box(b"meta", bytes(4), body)
    return FTYP + body


def lying_heic(old: bytes, new: bytes) -> bytes:
    """A sound file in which some bytes stand for others."""
    whole = heic("turned-1")
    assert old in whole
    return whole.replace(old, new, 1)


def with_meta(*parts: bytes) -> bytes:
    """A HEIC file with these boxes alone in its description."""
    return FTYP + full_box(b"meta", *parts)


SIZE: Final = struct.pack(">II", 128, 96)
HUGE: Final = 0xFFFFFFFF

HOSTILE: Final[dict[str, Callable[[], bytes]]] = {
    # HEIC and AVIF
    "heic: box of no size": lambda: FTYP + struct.pack(">I", 3) + b"meta" + bytes(100),
    "heic: box to the end": lambda: FTYP + struct.pack(">I", 0) + b"meta" + bytes(100),
    "heic: box of 2^63 bytes": lambda: FTYP + struct.pack(">I4sQ", 1, b"meta", 1 << 63),
    "heic: empty boxes": lambda: FTYP + box(b"free") * (LARGE // 8),
    "heic: empty boxes inside": lambda: with_meta(box(b"free") * 100_000),
    "heic: nested boxes": lambda: nested(5_000),
    "heic: description of 24 MB": lambda: with_meta(box(b"free", bytes(LARGE))),
    "heic: no picture": lambda: with_meta(full_box(b"pitm", b"\0\1")),
    "heic: wide beyond bounds": lambda: lying_heic(SIZE, struct.pack(">II", HUGE, 96)),
    "heic: no width": lambda: lying_heic(SIZE, struct.pack(">II", 0, 96)),
    "heic: smaller than it is": lambda: lying_heic(SIZE, struct.pack(">II", 16, 16)),
    "heic: larger than it is": lambda: lying_heic(SIZE, struct.pack(">II", 8000, 8000)),
    "heic: data beyond the end": lambda: lying_heic(b"\0\0\1\xbb", b"\x7f\xff\1\xbb"),
    "heic: endless properties": lambda: lying_heic(b"\0\1\4\x81\2\3\4", b"\xff" * 7),
    "heic: another coding": lambda: lying_heic(b"hvc1", b"jpeg"),
    "heic: derived of itself": lambda: lying_heic(b"hvc1", b"iden"),
    "heic: 5,000 tiles": lambda: grid(100, 50),
    "heic: tiles of 8,000 pixels a side": lambda: grid(8, 8, size=(64, 64), tile_size=(8000, 8000)),
    "heic: far more tiles than picture": lambda: grid(60, 60, size=(16, 16)),
    "heic: fewer tiles than places": lambda: grid(4, 4, tiles=3),
    "heic: a grid of 256 x 256 from one tile": lambda: grid(256, 256, size=(6000, 6000), tiles=1),
    "avif: brand on a heic": lambda: heic("turned-1").replace(b"ftypheic", b"ftypavif"),
    # TIFF
    "tiff: pages in a circle": lambda: tiff_of(gray(), gray(), loops=True),
    "tiff: 5,000 pages": lambda: tiff_of(*[gray()] * 5_000),
    "tiff: 5,000 small copies": lambda: tiff_of(gray(), *[gray((254, LONG, 1, 1))] * 5_000),
    "tiff: directories in each other": overlapping,
    "tiff: first page beyond the end": lambda: b"II*\0" + struct.pack("<I", HUGE),
    "tiff: next page beyond the end": lambda: (
        b"II*\0\x08\0\0\0" + directory(gray(), HUGE) + bytes(40)
    ),
    "tiff: 65,535 tags": lambda: b"II*\0\x08\0\0\0\xff\xff" + bytes(65_535 * 12 + 4),
    "tiff: tags that share 24 MB": lambda: tiff_of(
        [*gray(), *((tag, 7, LARGE - 100_000, 8) for tag in range(40_000, 44_000))],
        pixels=bytes(LARGE - 60_000),
    ),
    "tiff: profile of 24 MB": lambda: tiff_of(
        gray((34675, 7, LARGE - 10_000, 8)), pixels=bytes(LARGE - 5_000)
    ),
    "tiff: 4,294,967,295 strips": lambda: tiff_of(gray((STRIPS, LONG, HUGE, 8))),
    "tiff: strip beyond the end": lambda: tiff_of(gray((STRIPS, LONG, 1, HUGE))),
    "tiff: strip of 4 GB": lambda: tiff_of(
        gray((STRIP_BYTES, LONG, 1, HUGE), (COMPRESSION, SHORT, 1, 5))
    ),
    "tiff: wide beyond bounds": lambda: tiff_of(gray((WIDTH, LONG, 1, HUGE))),
    "tiff: 64 megapixels of nothing": lambda: tiff_of(gray(size=(8_000, 8_000))),
    "tiff: tile of 2^31 pixels": lambda: tiff_of(
        in_tiles(1 << 16, 1 << 15)
    ),
    "tiff: tile of no width": lambda: tiff_of(
        in_tiles(0, 0)
    ),
    "tiff: 255 samples": lambda: tiff_of(gray((SAMPLES, SHORT, 1, 255))),
    "tiff: 0 bits": lambda: tiff_of(gray((BITS, SHORT, 1, 0))),
    "tiff: meaning of no kind": lambda: tiff_of(gray((MEANING, SHORT, 1, 999))),
    "tiff: coding of no kind": lambda: tiff_of(gray((COMPRESSION, SHORT, 1, 999))),
    "tiff: JPEG that is none": lambda: tiff_of(gray((COMPRESSION, SHORT, 1, 7))),
    "tiff: old JPEG that is none": lambda: tiff_of(gray((COMPRESSION, SHORT, 1, 6))),
    "tiff: fax that is none": lambda: tiff_of(
        gray((COMPRESSION, SHORT, 1, 4), (BITS, SHORT, 1, 1))
    ),
    "tiff: palette of no colors": lambda: tiff_of(gray((MEANING, SHORT, 1, 3))),
    "tiff: no rows in a strip": lambda: tiff_of(gray((278, LONG, 1, 0))),
    "tiff: deflated 63 megapixels": lambda: bomb(8_000, 7_900),
    # GIF
    "gif: blocks without an end": lambda: GIF_HEAD + b"\x21\xfe" + (b"\1a" * (LARGE // 2)),
    "gif: empty extensions": lambda: GIF_HEAD + b"\x21\xfe\0" * (LARGE // 3),
    "gif: a screen of 4 gigapixels": lambda: (
        b"GIF89a" + b"\xff" * 4 + encoded(picture(), "GIF")[10:]
    ),
    "gif: a frame far outside": lambda: gif_of(60_000, 60_000, 9, 9),
    "gif: no pixels": lambda: gif_of(0, 0, 0, 0),
    "gif: code size of 255": lambda: gif_of(0, 0, 8, 4, code_size=255),
    # BMP
    "bmp: 4 gigapixels": lambda: bmp_of(65_535, 65_535),
    "bmp: the lowest height": lambda: bmp_of(1, -(1 << 31)),
    "bmp: negative width": lambda: bmp_of(-8, 8),
    "bmp: no bytes": lambda: bmp_of(4_000, 4_000),
    "bmp: run lengths that end at once": lambda: bmp_of(7_000, 7_000, 8, 1, bytes(2_000)),
    "bmp: run lengths that jump": lambda: bmp_of(
        7_000, 7_000, 8, 1, bytes(1024) + b"\0\2\xff\xff" * 500_000
    ),
    "bmp: a coding of no kind": lambda: bmp_of(8, 8, 24, 9),
}  # fmt: skip
"""By what is wrong with it. Each is refused by its header, or by its decoder within its bounds."""


def sound() -> dict[str, bytes]:
    """A small sound file of each kind of these formats."""
    pages = [picture(size=(30, 20)), picture("1"), picture("CMYK")]
    return {
        "heic": heic("turned-6"),
        "heic with alpha": heic("alpha"),
        "heic in tiles": grid(2, 2),
        "avif": encoded(picture(), "AVIF"),
        "avif with alpha": encoded(picture("RGBA"), "AVIF"),
        "tiff": encoded(picture(), "TIFF", tiffinfo={274: 6}),
        "tiff of pages": encoded(picture(), "TIFF", save_all=True, append_images=pages),
        "tiff, deflated": encoded(picture("P"), "TIFF", compression="tiff_adobe_deflate"),
        "tiff, LZW": encoded(picture(), "TIFF", compression="tiff_lzw"),
        "tiff, JPEG": encoded(picture(), "TIFF", compression="jpeg"),
        "tiff, fax": encoded(picture("1"), "TIFF", compression="group4"),
        "tiff, large": encoded(picture(), "TIFF", big_tiff=True),
        "gif": encoded(picture("P"), "GIF"),
        "gif of frames": encoded(picture(), "GIF", save_all=True, append_images=pages[:1]),
        "bmp": encoded(picture(), "BMP"),
        "bmp, palette": encoded(picture("P"), "BMP"),
    }


def cut(body: bytes, places: int) -> list[bytes]:
    """A file that breaks off, at so many places."""
    return [body[: len(body) * number // places] for number in range(1, places)]
