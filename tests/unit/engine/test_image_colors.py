"""Colors of every depth: what is transparent is shown on white, and a profile is applied."""

import struct
import zlib

import pytest

from inference.engine.child.decode import decode
from tests import image_files
from tests.image_files import chunk
from tests.unit.engine.decoding import LIMITS, swapped_profile


@pytest.mark.parametrize(("depth", "white"), [(1, 1), (2, 3), (4, 15), (8, 255), (16, 65535)])
@pytest.mark.parametrize("transparent", ["black", "white", "gray"])
def test_the_transparent_gray_of_any_depth_is_shown_on_white(
    depth: int, white: int, transparent: str
) -> None:
    color = {"black": 0, "white": white, "gray": white // 2}[transparent]
    other = white if transparent != "white" else 0
    rows = bytes([0, *_packed([color, other, color], depth)])
    tells = chunk(b"tRNS", color.to_bytes(2, "big"))
    decoded = decode(image_files.png_of(3, 1, depth, 0, rows, tells), LIMITS)
    shown = 255 if other else 0
    assert decoded.pixels[0, :, 0].tolist() == [255, shown, 255]


def test_the_transparent_gray_of_16_bits_spares_its_neighbors() -> None:
    rows = bytes([0, *_packed([1000, 1001, 999], 16)])
    tells = chunk(b"tRNS", (1000).to_bytes(2, "big"))
    decoded = decode(image_files.png_of(3, 1, 16, 0, rows, tells), LIMITS)
    assert decoded.pixels[0, :, 0].tolist() == [255, 4, 4]


@pytest.mark.parametrize(("depth", "white"), [(8, 255), (16, 65535)])
def test_the_transparent_color_of_any_depth_is_shown_on_white(depth: int, white: int) -> None:
    half = white // 2
    colors = [(white, 0, half), (0, 0, 0), (half, half, half)]
    rows = bytes([0, *(b for color in colors for b in _packed(list(color), depth))])
    tells = chunk(b"tRNS", b"".join(value.to_bytes(2, "big") for value in colors[0]))
    decoded = decode(image_files.png_of(3, 1, depth, 2, rows, tells), LIMITS)
    assert decoded.pixels[0].tolist() == [[255, 255, 255], [0, 0, 0], [127, 127, 127]]


@pytest.mark.parametrize(("depth", "white"), [(8, 255), (16, 65535)])
def test_gray_with_alpha_of_any_depth_is_shown_on_white(depth: int, white: int) -> None:
    rows = bytes([0, *_packed([0, 0, 0, white, white, white], depth)])
    decoded = decode(image_files.png_of(3, 1, depth, 4, rows), LIMITS)
    assert decoded.pixels[0, :, 0].tolist() == [255, 0, 255]


def test_a_palette_with_alpha_is_shown_on_white() -> None:
    colors = chunk(b"PLTE", bytes([255, 0, 0, 0, 0, 255, 0, 0, 0]))
    for depth in (2, 4, 8):
        rows = bytes([0, *_packed([0, 1, 2], depth)])
        body = image_files.png_of(3, 1, depth, 3, rows, colors, chunk(b"tRNS", b"\0\x80"))
        decoded = decode(body, LIMITS)
        assert decoded.pixels[0].tolist() == [[255, 255, 255], [127, 127, 255], [0, 0, 0]]


def test_a_large_color_profile_is_applied() -> None:
    # sRGB under another name, with red and green exchanged and 1.3 MB behind it.
    profile = swapped_profile()
    profile = struct.pack(">I", len(profile) + 1_300_000) + profile[4:] + bytes(1_300_000)
    body = chunk(b"iCCP", b"icc\0\0" + zlib.compress(profile))
    red = image_files.png_of(1, 1, 8, 2, bytes([0, 255, 0, 0]), body)
    assert decode(red, LIMITS).pixels[0, 0].tolist() == [0, 255, 0]


def _packed(values: list[int], depth: int) -> bytes:
    """Samples as PNG packs them."""
    bits = "".join(f"{value:0{depth}b}" for value in values)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")
