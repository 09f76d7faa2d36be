"""HEIC, AVIF, TIFF, GIF and BMP files become RGB pixels: turned once, and rightly colored."""

import contextlib
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.engine.child.decode import decode
from inference.engine.child.decoded import Decoded
from inference.engine.errors import UnreadableImage
from tests import hostile_formats
from tests.heif_files import TILE, box, grid, heic
from tests.image_files import exif, mutant
from tests.photos import encoded
from tests.unit.engine.brightness import Brightness, Child, image
from tests.unit.engine.decoding import LIMITS, swapped_profile

MUTANTS = 1_500
CORNERS = ["red", "green", "blue", "yellow"]
SHADES = {
    "red": (250, 20, 20),
    "green": (20, 250, 20),
    "blue": (20, 20, 250),
    "yellow": (240, 240, 20),
}
TURNED = {
    1: "red green blue yellow",
    2: "green red yellow blue",
    3: "yellow blue green red",
    4: "blue yellow red green",
    5: "red blue green yellow",
    6: "blue red yellow green",
    7: "yellow green blue red",
    8: "green yellow red blue",
}
"""The corners once upright, row by row, by the orientation of a picture stored as in `CORNERS`."""


def four_corners(mode: str = "RGB") -> Image.Image:
    """What the committed HEIC files show."""
    pixels = np.zeros((TILE[1], TILE[0], 3), np.uint8)
    down, across = TILE[1] // 2, TILE[0] // 2
    for number, name in enumerate(CORNERS):
        top, left = number // 2 * down, number % 2 * across
        pixels[top : top + down, left : left + across] = SHADES[name]
    return Image.fromarray(pixels).convert(mode)


def corners(decoded: Decoded) -> str:
    height, width = decoded.pixels.shape[:2]
    found = []
    for y, x in ((1, 1), (1, -2), (-2, 1), (-2, -2)):
        seen = decoded.pixels[y * height // 8 % height, x * width // 8 % width].astype(int)
        found.append(min(SHADES, key=lambda name: abs(seen - SHADES[name]).sum()))
    return " ".join(found)


@pytest.mark.parametrize("turn", TURNED)
def test_each_is_turned_upright_once(turn: int) -> None:
    for body in (
        heic(f"turned-{turn}"),
        encoded(four_corners(), "AVIF", exif=exif(turn)),
        encoded(four_corners(), "TIFF", tiffinfo={274: turn}),
    ):
        decoded = decode(body, LIMITS)
        assert corners(decoded) == TURNED[turn]
        assert (decoded.width, decoded.height) == (TILE[::-1] if turn >= 5 else TILE)
        assert decoded.pixels.shape == (decoded.height, decoded.width, 3)


@pytest.mark.parametrize("name", ["ten-bits", "turned-1"])
def test_heic_of_any_depth_has_its_colors(name: str) -> None:
    assert corners(decode(heic(name), LIMITS)) == TURNED[1]


def test_gray_heic_is_gray() -> None:
    pixels = decode(heic("gray"), LIMITS).pixels
    assert (pixels[..., 0] == pixels[..., 2]).all()


def test_transparent_heic_is_shown_on_white_and_keeps_its_alpha() -> None:
    decoded = decode(heic("alpha"), LIMITS)
    assert decoded.pixels[40, 10].tolist() == [255, 255, 255]
    assert decoded.rgba is not None
    assert decoded.rgba[40, 10, 3] == 0
    assert decoded.rgba[40, 120, 3] == 255


def test_the_tiles_of_a_phones_photo_are_put_together_turned_and_cropped() -> None:
    assert decode(grid(2, 2), LIMITS).pixels.shape == (192, 256, 3)
    assert decode(grid(2, 2, turn=box(b"irot", b"\1")), LIMITS).pixels.shape == (256, 192, 3)
    assert decode(grid(2, 2, size=(200, 150)), LIMITS).pixels.shape == (150, 200, 3)


@pytest.mark.parametrize("mode", ["RGB", "CMYK", "P", "RGBA", "YCbCr", "PA"])
def test_tiff_of_any_kind_of_colors_is_right(mode: str) -> None:
    image = four_corners("P") if mode == "PA" else four_corners()
    assert corners(decode(encoded(image.convert(mode), "TIFF"), LIMITS)) == TURNED[1]


@pytest.mark.parametrize("kind", ["GIF", "BMP", "AVIF"])
@pytest.mark.parametrize("mode", ["RGB", "P", "RGBA"])
def test_the_others_have_their_colors(kind: str, mode: str) -> None:
    if (kind, mode) == ("AVIF", "P"):
        mode = "RGB"
    assert corners(decode(encoded(four_corners(mode), kind), LIMITS)) == TURNED[1]


@pytest.mark.parametrize("coding", ["tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits", "lzma"])
def test_tiff_of_any_coding_is_read(coding: str) -> None:
    body = encoded(four_corners(), "TIFF", compression=coding)
    assert corners(decode(body, LIMITS)) == TURNED[1]


def test_sixteen_bits_of_gray_are_scaled_rather_than_clipped() -> None:
    deep = Image.fromarray(np.array([[0, 257, 32896, 65535]], np.uint16))
    assert decode(encoded(deep, "TIFF"), LIMITS).pixels[0, :, 0].tolist() == [0, 1, 128, 255]


def test_gray_with_alpha_is_shown_on_white() -> None:
    image = Image.merge("LA", [Image.new("L", (4, 4), 10), Image.new("L", (4, 4), 0)])
    for kind in ("TIFF", "AVIF"):
        assert decode(encoded(image, kind), LIMITS).pixels[1, 1].tolist() == [255] * 3


def bmp_with(profile: bytes) -> bytes:
    """A BMP of version 5 with a color profile behind its picture."""
    plain = encoded(four_corners(), "BMP")
    head, rows = plain[14:54], plain[54:]
    start = 14 + 124
    head = struct.pack("<I", 124) + head[4:].ljust(52, b"\0") + b"DEBM".ljust(56, b"\0")
    head += struct.pack("<III", 124 + len(rows), len(profile), 0)
    size = start + len(rows) + len(profile)
    return b"BM" + struct.pack("<IHHI", size, 0, 0, start) + head + rows + profile


def heic_with(profile: bytes) -> bytes:
    """A HEIC photo with a color profile in place of the name of its colors."""
    return grid(1, 1, turn=box(b"colr", b"prof", profile))


def test_a_color_profile_is_applied() -> None:
    profile = swapped_profile()
    for plain, tagged in (
        (heic("turned-1"), heic_with(profile)),
        (encoded(four_corners(), "BMP"), bmp_with(profile)),
        *(
            (encoded(four_corners(), kind), encoded(four_corners(), kind, icc_profile=profile))
            for kind in ("TIFF", "AVIF")
        ),
    ):
        without, applied = (decode(body, LIMITS).pixels.astype(int) for body in (plain, tagged))
        assert abs(without - applied).max() > 50


def test_of_frames_the_first_is_shown() -> None:
    others = [Image.new("RGB", TILE, "white")]
    for kind in ("GIF", "TIFF", "AVIF"):
        body = encoded(four_corners(), kind, save_all=True, append_images=others)
        assert corners(decode(body, LIMITS)) == TURNED[1]


MOVIE = box(b"ftyp", b"mp42", bytes(4), b"isom") + box(b"mdat", bytes(5_000))


def test_of_a_motion_photo_and_of_several_pictures_in_one_the_still_is_shown() -> None:
    still = decode(encoded(four_corners(), "JPEG"), LIMITS)
    more = [Image.new("RGB", TILE, "white")]
    for body in (
        encoded(four_corners(), "JPEG") + MOVIE,
        encoded(four_corners(), "JPEG") + b"MotionPhoto_Data" + MOVIE,
        encoded(four_corners(), "MPO", save_all=True, append_images=more),
        heic("turned-1") + box(b"mpvd", MOVIE),
        heic("turned-1") + MOVIE,
    ):
        decoded = decode(body, LIMITS)
        assert corners(decoded) == corners(still) == TURNED[1]
        assert not decoded.notes


def test_each_page_of_a_tiff_is_decoded_by_itself() -> None:
    shades = ["red", "green", "blue"]
    first, *rest = (Image.new("RGB", (8 + at, 6), shade) for at, shade in enumerate(shades))
    body = encoded(first, "TIFF", save_all=True, append_images=rest)
    for at, pixel in enumerate([[255, 0, 0], [0, 128, 0], [0, 0, 255]]):
        decoded = decode(body, LIMITS, page=at + 1)
        assert decoded.width == 8 + at
        assert decoded.pixels[2, 2].tolist() == pixel
    with pytest.raises(UnreadableImage, match="no page 4"):
        decode(body, LIMITS, page=4)


def test_a_heic_photo_whose_metadata_has_a_type_that_is_no_text_is_refused_before_its_decoder() -> (
    None
):
    with pytest.raises(UnreadableImage, match="is no text"):
        decode(heic("photo").replace(b"Exif\0", b"\x80xif\0", 1), LIMITS)


def test_a_mutant_of_any_of_these_files_is_decoded_or_called_unreadable() -> None:
    whole = list(hostile_formats.sound().values())
    decoded = 0
    for number in range(MUTANTS):
        with contextlib.suppress(UnreadableImage):
            decode(mutant(whole[number % len(whole)]), LIMITS)
            decoded += 1
    assert 0 < decoded < MUTANTS


@pytest.mark.parametrize(
    ("source", "is_drawn"), [(heic("photo"), True), (encoded(four_corners(), "PNG"), False)]
)
def test_what_not_every_browser_shows_is_drawn_for_them_without_its_metadata(
    tmp_path: Path, source: bytes, is_drawn: bool
) -> None:
    item = image(1, source)
    item["thumbnail"], item["display"] = str(tmp_path / "1.jpg"), str(tmp_path / "1-display.jpg")
    Child(Brightness()).answers(item)
    assert (tmp_path / "1-display.jpg").exists() == is_drawn
    for written in tmp_path.iterdir():
        assert b"Exif" not in written.read_bytes()
    if is_drawn:
        assert Image.open(tmp_path / "1-display.jpg").size == (400, 320)
