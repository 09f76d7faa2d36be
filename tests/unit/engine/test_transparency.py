"""The transparency that an image's file has, for models that make use of it."""

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from inference.engine.child.decode import decode
from inference.engine.model import Pixels
from tests import image_files
from tests.photos import encoded
from tests.unit.engine.decoding import LIMITS

COLORS = [[(255, 0, 0, 255), (0, 128, 0, 128)], [(0, 0, 255, 1), (9, 9, 9, 0)]]


def picture() -> Image.Image:
    return Image.fromarray(np.array(COLORS, np.uint8))


def rgba(body: bytes) -> Pixels:
    found = decode(body, LIMITS).rgba
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("WEBP", {"lossless": True, "exact": True})]
)
def test_the_colors_are_as_in_the_file_and_not_mixed_with_white(
    kind: str, options: dict[str, Any]
) -> None:
    body = encoded(picture(), kind, **options)
    assert (rgba(body) == np.array(COLORS)).all()
    assert decode(body, LIMITS).pixels[0, 1].tolist() == [127, 191, 127]


def test_one_transparent_color_and_a_palettes_are_transparency_too() -> None:
    gray = Image.fromarray(np.array([[0, 90, 200]], np.uint8))
    assert rgba(encoded(gray, transparency=90))[0, :, 3].tolist() == [255, 0, 255]
    palette = Image.new("P", (2, 1))
    palette.putpalette([255, 0, 0, 0, 0, 255])
    palette.putpixel((1, 0), 1)
    body = encoded(palette, transparency=b"\x40\xff")
    assert rgba(body)[0].tolist() == [[255, 0, 0, 64], [0, 0, 255, 255]]


def test_sixteen_bit_gray_keeps_its_transparent_color() -> None:
    rows = b"\0" + b"".join(value.to_bytes(2, "big") for value in (1000, 1001, 65535))
    tells = image_files.chunk(b"tRNS", (1000).to_bytes(2, "big"))
    body = image_files.png_of(3, 1, 16, 0, rows, tells)
    assert rgba(body)[0, :, 3].tolist() == [0, 255, 255]


def test_an_opaque_image_has_none_even_with_a_channel_for_it() -> None:
    for mode in ("RGB", "RGBA", "L", "LA", "P", "CMYK"):
        kind = "JPEG" if mode == "CMYK" else "PNG"
        image = Image.new(mode, (4, 4)) if mode != "P" else Image.new("L", (4, 4)).convert("P")
        if mode in {"RGBA", "LA"}:
            image.putalpha(255)
        assert decode(encoded(image, kind), LIMITS).rgba is None, mode


def test_it_is_turned_upright_with_the_picture() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    decoded = decode(encoded(picture(), exif=exif.tobytes()), LIMITS)
    assert decoded.rgba is not None
    assert (decoded.rgba == np.rot90(np.array(COLORS), -1)).all()


def test_its_colors_are_srgb() -> None:
    # sRGB under another name, with red and green exchanged.
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace("sRGB".encode("utf-16-be"), "Made".encode("utf-16-be"))
    for one, other in ((b"rXYZ", b"tmp1"), (b"gXYZ", b"rXYZ"), (b"tmp1", b"gXYZ")):
        profile = profile.replace(one, other, 1)
    image = Image.new("RGBA", (1, 1), (255, 0, 0, 128))
    assert rgba(encoded(image, icc_profile=profile))[0, 0].tolist() == [0, 255, 0, 128]


def test_rows_that_a_file_lacks_are_transparent() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 4), np.uint8)
    body = encoded(Image.fromarray(noise))
    found = rgba(body[: len(body) // 2])
    assert (found[:20] == noise[:20]).all()
    assert not found[-20:, :, 3].any()
