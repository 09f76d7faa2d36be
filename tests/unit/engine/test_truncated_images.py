"""Files that were cut short: what is left of them is decoded, with a note."""

import io
from functools import cache
from typing import Any

import numpy as np
import pytest
from PIL import Image

from inference.engine.child.decode import decode, longest_side
from inference.engine.errors import UnreadableImage
from inference.engine.model import Pixels
from tests import image_files
from tests.image_files import exif
from tests.photos import encoded, photo
from tests.unit.engine.decoding import LIMITS, codes


@cache
def picture(mode: str) -> Image.Image:
    """The photo of every file here."""
    with Image.open(io.BytesIO(photo("astronaut"))) as image:
        if mode == "RGBA":
            return Image.merge("RGBA", (*image.split(), Image.new("L", image.size, 200)))
        return image.convert(mode)


CUT: dict[str, tuple[str, str, dict[str, Any]]] = {
    "jpeg": ("RGB", "JPEG", {}),
    "gray jpeg": ("L", "JPEG", {}),
    "png": ("RGB", "PNG", {}),
    "palette png": ("P", "PNG", {}),
    "one-bit png": ("1", "PNG", {}),
    "png with alpha": ("RGBA", "PNG", {}),
    "webp": ("RGB", "WEBP", {}),
    "webp with exif": ("RGB", "WEBP", {"exif": exif(1)}),
    "webp with alpha": ("RGBA", "WEBP", {}),
    "lossless webp": ("RGB", "WEBP", {"lossless": True}),
}


@cache
def body_of(name: str) -> bytes:
    """One of the files, whole."""
    mode, kind, options = CUT[name]
    return encoded(picture(mode), kind, **options)


def rows_alike(one: Pixels, other: Pixels) -> int:
    """How many rows are the same in both, from the top."""
    differ = (np.abs(one.astype(int) - other) > 2).any(axis=(1, 2))
    return int(differ.argmax()) if differ.any() else len(one)


@pytest.mark.parametrize("name", CUT)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_of_a_file_cut_short_the_upper_rows_are_read(name: str, part: float) -> None:
    body = body_of(name)
    whole = decode(body, LIMITS)
    cut = decode(body[: int(len(body) * part)], LIMITS)
    assert codes(whole) == []
    assert codes(cut) == ["truncated_file"]
    assert (cut.width, cut.height) == (whole.width, whole.height)
    rows = rows_alike(cut.pixels, whole.pixels)
    assert (part - 0.25) * whole.height < rows < whole.height
    # What is missing is as white as what is transparent.
    assert (cut.pixels[rows + 1 :] == 255).all()


def test_a_jpeg_cut_short_is_read_at_reduced_scale_too() -> None:
    body = body_of("jpeg")
    cut = decode(body[: len(body) // 2], LIMITS, longest_side(256))
    assert cut.pixels.shape == (256, 256, 3)
    rows = rows_alike(cut.pixels, decode(body, LIMITS, longest_side(256)).pixels)
    assert 64 < rows < 200
    assert (cut.pixels[rows + 1 :] == 255).all()


def test_a_progressive_jpeg_cut_short_is_read_coarsely() -> None:
    whole = encoded(picture("RGB"), "JPEG", progressive=True)
    cut = decode(whole[: len(whole) // 2], LIMITS)
    assert codes(cut) == ["truncated_file"]
    difference = np.abs(cut.pixels.astype(int) - decode(whole, LIMITS).pixels)
    assert difference.mean() < 12


@pytest.mark.parametrize("missing", [1, 2, 3, 40])
@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_a_jpeg_that_lacks_its_last_bytes_is_read(missing: int, options: dict[str, bool]) -> None:
    whole = encoded(picture("RGB"), "JPEG", **options)
    cut = decode(whole[:-missing], LIMITS)
    assert codes(cut) == ["truncated_file"]
    assert rows_alike(cut.pixels, decode(whole, LIMITS).pixels) > 480


@pytest.mark.parametrize("missing", [1, 4, 12, 16])
def test_a_png_that_lacks_only_its_end_is_whole(missing: int) -> None:
    whole = encoded(picture("RGB"))
    cut = decode(whole[:-missing], LIMITS)
    assert codes(cut) == []
    assert (cut.pixels == decode(whole, LIMITS).pixels).all()


def test_a_webp_that_lacks_only_metadata_is_whole() -> None:
    whole = encoded(picture("RGB"), "WEBP", exif=exif(1))
    cut = decode(whole[:-10], LIMITS)
    assert codes(cut) == []
    assert (cut.pixels == decode(whole, LIMITS).pixels).all()


@pytest.mark.parametrize("name", CUT)
def test_a_file_of_which_no_row_is_left_is_refused(name: str) -> None:
    for length in (0, 1, 8, 20, 30):
        with pytest.raises(UnreadableImage):
            decode(body_of(name)[:length], LIMITS)


def test_an_interlaced_png_cut_short_is_refused() -> None:
    whole = image_files.png_of(8, 8, 8, 0, bytes(200), interlace=1)
    decode(whole, LIMITS)
    with pytest.raises(UnreadableImage, match="damaged"):
        decode(whole[:-25], LIMITS)


def test_an_animation_cut_short_behind_its_first_frame_is_whole() -> None:
    whole = image_files.animated_webp()
    for length in (whole.rindex(b"ANMF") + 20, len(whole) - 3):
        cut = decode(whole[:length], LIMITS)
        assert codes(cut) == []
        assert (cut.pixels == decode(whole, LIMITS).pixels).all()
    with pytest.raises(UnreadableImage, match="damaged"):
        decode(whole[: whole.index(b"ANMF") + 20], LIMITS)
