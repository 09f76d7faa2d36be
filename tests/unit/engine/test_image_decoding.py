"""Files of every kind become upright RGB pixels, or are refused."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from inference.engine.child.decode import decode, longest_side
from inference.engine.child.decoded import Decoded
from inference.engine.errors import SourceGone, SourceUnavailable, UnreadableImage
from tests import image_files
from tests.unit.engine.decoding import LIMITS

RED, GREEN, WHITE = (255, 0, 0), (0, 128, 0), (255, 255, 255)


def save(path: Path, image: Image.Image, **options: Any) -> Path:
    image.save(path, **options)
    return path


def color(decoded: Decoded, x: int, y: int) -> tuple[int, ...]:
    return tuple(decoded.pixels[y, x].tolist())


def near(actual: tuple[int, ...], expected: tuple[int, ...], by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(actual, expected, strict=True))


@pytest.mark.parametrize(
    ("orientation", "corner"),
    # Where the stored image's top left corner belongs: (right, bottom).
    [
        (1, (0, 0)),
        (2, (1, 0)),
        (3, (1, 1)),
        (4, (0, 1)),
        (5, (0, 0)),
        (6, (1, 0)),
        (7, (1, 1)),
        (8, (0, 1)),
    ],
)
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_every_exif_orientation_is_turned_upright(
    tmp_path: Path, orientation: int, corner: tuple[int, int], suffix: str
) -> None:
    image = Image.new("RGB", (64, 32), "white")
    image.paste("red", (0, 0, 16, 16))
    exif = Image.Exif()
    exif[0x0112] = orientation
    decoded = decode(save(tmp_path / f"a.{suffix}", image, exif=exif.tobytes()), LIMITS)
    expected = (32, 64) if orientation >= 5 else (64, 32)
    assert (decoded.width, decoded.height) == expected
    assert decoded.pixels.shape == (expected[1], expected[0], 3)
    x, y = (4 if side == 0 else size - 5 for side, size in zip(corner, expected, strict=True))
    assert near(color(decoded, x, y), RED)
    assert near(color(decoded, expected[0] - 1 - x, expected[1] - 1 - y), WHITE)


def test_broken_exif_around_good_pixels_is_no_reason_to_refuse(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", Image.new("RGB", (8, 8), "red"), exif=b"Exif\0\0II*\0\xff\xff")
    assert decode(path, LIMITS).width == 8


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", Image.new("CMYK", (8, 8), (0, 255, 255, 0)))
    assert near(color(decode(path, LIMITS), 4, 4), RED, by=30)


def test_sixteen_bits_are_scaled_rather_than_clipped(tmp_path: Path) -> None:
    deep = np.array([[0, 257, 32896, 65535]], np.uint16)
    decoded = decode(save(tmp_path / "a.png", Image.fromarray(deep)), LIMITS)
    assert decoded.pixels[0, :, 0].tolist() == [0, 1, 128, 255]


def test_transparency_is_shown_on_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    image.putpixel((1, 1), (0, 128, 0, 255))
    palette = Image.new("P", (4, 4), 1)
    palette.putpalette([255, 0, 0, 0, 128, 0])
    palette.putpixel((0, 0), 0)
    gray = Image.new("LA", (4, 4), (0, 0))
    for name, picture, options in (
        ("rgba.png", image, {}),
        ("palette.png", palette, {"transparency": 0}),
        ("gray.png", gray, {}),
    ):
        decoded = decode(save(tmp_path / name, picture, **options), LIMITS)
        assert color(decoded, 0, 0) == WHITE, name
    assert color(decode(tmp_path / "palette.png", LIMITS), 1, 1) == GREEN
    assert color(decode(tmp_path / "rgba.png", LIMITS), 1, 1) == GREEN


def test_a_color_profile_is_applied_and_a_broken_one_ignored(tmp_path: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    image = Image.new("RGB", (4, 4), "red")
    for name, profile in (("broken", b"not a profile"), ("other", lab)):
        path = save(tmp_path / f"{name}.png", image, icc_profile=profile)
        assert color(decode(path, LIMITS), 0, 0) == RED


def test_only_the_first_frame_of_an_animation_counts(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), name) for name in ("red", "green")]
    path = save(
        tmp_path / "a.webp", frames[0], save_all=True, append_images=frames[1:], lossless=True
    )
    assert color(decode(path, LIMITS), 4, 4) == RED


def test_a_large_jpeg_is_decoded_at_reduced_scale_but_knows_its_size(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", Image.new("RGB", (800, 80), "red"))
    decoded = decode(path, LIMITS, longest_side(200))
    assert decoded.pixels.shape == (20, 200, 3)
    assert (decoded.width, decoded.height, decoded.scale) == (800, 80, 0.25)
    assert decode(path, LIMITS, longest_side(201)).pixels.shape == (40, 400, 3)


def test_a_bomb_is_refused_by_its_header() -> None:
    with pytest.raises(UnreadableImage, match="too large"):
        decode(image_files.png_claiming(100_000, 100_000), LIMITS)


@pytest.mark.parametrize("size", [(1001, 1000), (5001, 1)])
def test_an_image_over_the_limits_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    with pytest.raises(UnreadableImage):
        decode(save(tmp_path / "a.png", Image.new("L", size)), LIMITS)


def test_a_format_that_is_not_allowed_is_not_tried(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", Image.new("RGB", (8, 8)), format="GIF")
    with pytest.raises(UnreadableImage):
        decode(path, replace(LIMITS, formats=("JPEG", "PNG")))


def test_an_absent_file_is_gone_and_an_unreadable_one_is_nobodys_fault(tmp_path: Path) -> None:
    with pytest.raises(SourceGone):
        decode(tmp_path / "absent.png", LIMITS)
    with pytest.raises(SourceUnavailable):
        decode(tmp_path, LIMITS)


def test_a_jpeg_that_lies_on_its_side_shrinks_by_its_upright_size(tmp_path: Path) -> None:
    asked: list[tuple[int, int]] = []

    def half(size: tuple[int, int]) -> float:
        asked.append(size)
        return 0.5

    exif = Image.Exif()
    exif[0x0112] = 6
    path = save(tmp_path / "a.jpg", Image.new("RGB", (64, 32)), exif=exif.tobytes())
    decoded = decode(path, LIMITS, half)
    assert asked == [(32, 64)]
    assert decoded.pixels.shape == (32, 16, 3)
    assert decode(save(tmp_path / "a.png", Image.new("RGB", (64, 32))), LIMITS, half).scale == 1


def test_content_is_decoded_like_its_file(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", Image.new("RGB", (8, 8), RED))
    content = path.read_bytes()
    assert color(decode(content, LIMITS), 0, 0) == RED
    for broken in (b"not an image", b"", content[:40], b"\xff\xd8\xff\xe0\0\x10"):
        with pytest.raises(UnreadableImage):
            decode(broken, LIMITS)
