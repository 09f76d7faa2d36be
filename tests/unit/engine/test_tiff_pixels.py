"""However a TIFF file stores its pixels, they are decoded as they are, or the file is refused."""

import contextlib
import itertools
import struct
import zlib

import numpy as np
import pytest

from imagefile.errors import UnsupportedFormat
from imagefile.reading import read_header
from inference.engine.child.decode import decode
from tests.image_files import CountedFile
from tests.tiff_files import SHORT
from tests.unit.engine.decoding import LIMITS

WIDTH, HEIGHT = 8, 4
LONG = 4
WAYS = list(itertools.product("<>", (1, 2), (1, 2), (1, 8)))
"""Order of bytes, planes, order of bits, coding."""
LAYOUTS = [
    *((0, 1, bits) for bits in (1, 2, 4, 8)),
    *((1, 1, bits) for bits in (1, 2, 4, 8, 16)),
    *((3, 1, bits) for bits in (1, 2, 4, 8)),
    *((2, 3, 8), (2, 3, 16), (2, 4, 8), (2, 4, 16), (1, 2, 8), (3, 2, 8), (5, 4, 8), (5, 4, 16)),
]
"""Meaning, samples and bits."""
COLORS = {0: 1, 1: 1, 2: 3, 3: 1, 5: 4}


def page(layout: tuple[int, int, int], extra: int | None, way: tuple[str, int, int, int]) -> bytes:
    """A file of which every row is the same, and every pixel of a row another."""
    (meaning, samples, bits), (order, planes, fill, coding) = layout, way
    rows = [[_value(x, sample, bits) for sample in range(samples)] for x in range(WIDTH)]
    parts = [[row[sample] for row in rows] for sample in range(samples)]
    flat = parts if planes == 2 else [[value for row in rows for value in row]]
    strips = [_packed(one, bits, order) * HEIGHT for one in flat]
    if coding == 8:
        strips = [zlib.compress(one) for one in strips]
    if fill == 2:
        strips = [bytes(int(f"{byte:08b}"[::-1], 2) for byte in one) for one in strips]
    starts = [8 + sum(map(len, strips[:at])) for at in range(len(strips))]
    said: dict[int, tuple[int, list[int]]] = {
        256: (LONG, [WIDTH]), 257: (LONG, [HEIGHT]), 258: (SHORT, [bits] * samples),
        259: (SHORT, [coding]), 262: (SHORT, [meaning]), 266: (SHORT, [fill]),
        273: (LONG, starts), 277: (SHORT, [samples]), 278: (LONG, [HEIGHT]),
        279: (LONG, [len(one) for one in strips]), 284: (SHORT, [planes]),
    }  # fmt: skip
    if meaning == 3:
        said[320] = (SHORT, [at % 251 * 257 for at in range(3 << bits)])
    if extra is not None:
        said[338] = (SHORT, [extra])
    return _file(order, b"".join(strips), said)


def _value(x: int, sample: int, bits: int) -> int:
    value = (x * 29 + sample * 13 + 17) % 256
    return value * 257 if bits == 16 else value >> (8 - bits)


def _packed(values: list[int], bits: int, order: str) -> bytes:
    if bits == 16:
        return struct.pack(f"{order}{len(values)}H", *values)
    digits = "".join(f"{value:0{bits}b}" for value in values)
    return int(digits, 2).to_bytes(len(digits) // 8, "big")


def _file(order: str, pixels: bytes, said: dict[int, tuple[int, list[int]]]) -> bytes:
    entries, values = b"", b""
    begin = 8 + len(pixels)
    for tag, (kind, numbers) in sorted(said.items()):
        packed = struct.pack(f"{order}{len(numbers)}{'H' if kind == SHORT else 'I'}", *numbers)
        place = struct.pack(f"{order}I", begin + len(values))
        if len(packed) > 4:
            values += packed
        entries += struct.pack(f"{order}HHI", tag, kind, len(numbers))
        entries += packed.ljust(4, b"\0") if len(packed) <= 4 else place
    magic = b"II*\0" if order == "<" else b"MM\0*"
    head = magic + struct.pack(f"{order}I", begin + len(values))
    return head + pixels + values + struct.pack(f"{order}H", len(said)) + entries + bytes(4)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("extra", [None, 0, 1, 2])
def test_what_is_taken_has_the_same_pixels_however_they_are_stored(
    layout: tuple[int, int, int], extra: int | None
) -> None:
    seen = []
    for way in WAYS:
        body = page(layout, extra, way)
        with contextlib.suppress(UnsupportedFormat):
            read_header(CountedFile(body))
            seen.append(decode(body, LIMITS).pixels)
    assert all(np.array_equal(pixels, seen[0]) for pixels in seen)
    has_extra = layout[1] > COLORS[layout[0]]
    plain = (has_extra and extra == 2) or (not has_extra and extra is None)
    assert len(seen) >= 4 or not plain
    assert not seen or has_extra or extra is None


def test_gray_that_is_multiplied_by_its_alpha_is_decoded() -> None:
    decoded = decode(page((1, 2, 8), 1, ("<", 1, 1, 1)), LIMITS)
    assert decoded.rgba is not None
    assert decoded.rgba[0, 0, 3] == 30


@pytest.mark.parametrize("way", WAYS)
def test_what_the_samples_beyond_the_colors_are_must_be_known(
    way: tuple[str, int, int, int],
) -> None:
    for layout, extra in (((1, 2, 8), None), ((3, 2, 8), None), ((3, 2, 8), 1)):
        with pytest.raises(UnsupportedFormat, match="save it"):
            read_header(CountedFile(page(layout, extra, way)))
