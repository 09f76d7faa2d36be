"""HEIC files: committed ones, which another library encoded, and others built of their parts."""

import struct
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "heic"
TILE: Final = (128, 96)
"""Width and height in pixels of the coded picture in `turned-1.heic`."""


def heic(name: str) -> bytes:
    """A committed file, by its name without the suffix."""
    return (FOLDER / f"{name}.heic").read_bytes()


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of ISO base media files."""
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def full_box(kind: bytes, *parts: bytes) -> bytes:
    """A box of version 0."""
    return box(kind, bytes(4), *parts)


def size_property(width: int, height: int) -> bytes:
    """What tells the size of an item."""
    return full_box(b"ispe", struct.pack(">II", width, height))


def grid(
    columns: int,
    rows: int,
    *,
    size: tuple[int, int] | None = None,
    tile_size: tuple[int, int] = TILE,
    turn: bytes = b"",
    tiles: int | None = None,
) -> bytes:
    """A picture of tiles that are all the same, as phones store large photos.

    Args:
        columns: How many tiles lie beside each other.
        rows: How many lie below each other.
        size: What the picture says of its size; None: as many pixels as its tiles have.
        tile_size: What a tile says of its size.
        turn: A property of the picture, such as `irot`.
        tiles: How many tiles it names; None: as many as it has places.
    """
    width, height = size or (columns * TILE[0], rows * TILE[1])
    named = columns * rows if tiles is None else tiles
    whole = heic("turned-1")
    code = whole[whole.index(b"hvcC") - 4 :][:120]
    data = whole[whole.index(b"mdat") + 4 :][:394]
    payload = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height)
    properties = box(b"ipco", code, size_property(*tile_size), size_property(width, height), turn)
    # Each item's number, how many properties it has, and which; 0x80: it must be understood.
    whole_picture = bytes([2, 0x83, 0x84]) if turn else bytes([1, 0x83])
    numbers = range(2, 2 + named)
    associations = struct.pack(">IH", 1 + named, 1) + whole_picture
    associations += b"".join(struct.pack(">HBBB", number, 2, 0x81, 0x82) for number in numbers)
    entries = [entry(1, b"grid"), *(entry(number, b"hvc1") for number in numbers)]

    def meta(start: int) -> bytes:
        places = struct.pack(">BBHHHHHII", 0x44, 0, 1 + named, 1, 1, 0, 1, 0, 8)
        places += b"".join(
            struct.pack(">HHHHII", number, 0, 0, 1, start, 394) for number in numbers
        )
        parts = b"".join(struct.pack(">H", number) for number in numbers)
        return full_box(
            b"meta",
            full_box(b"hdlr", bytes(4), b"pict", bytes(13)),
            full_box(b"pitm", struct.pack(">H", 1)),
            box(b"iloc", b"\1\0\0\0", places),
            full_box(b"iinf", struct.pack(">H", 1 + named), *entries),
            box(b"iprp", properties, full_box(b"ipma", associations)),
            full_box(b"iref", box(b"dimg", struct.pack(">HH", 1, named), parts)),
            box(b"idat", payload),
        )

    start = box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    before = len(start) + len(meta(0)) + 8
    return start + meta(before) + box(b"mdat", data)


def entry(number: int, kind: bytes) -> bytes:
    """An entry of the list of items."""
    return box(b"infe", b"\2\0\0\0", struct.pack(">HH", number, 0), kind, b"\0")
