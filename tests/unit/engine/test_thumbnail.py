"""The small picture of an image: how large, of what kind, and what it costs."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.engine.child.thumbnail import LEAST_SIDE, SIDE, needed_scale, write_thumbnail


def made(path: Path, width: int, height: int) -> tuple[int, int]:
    """The size of the thumbnail of a gray image."""
    write_thumbnail(Image.new("RGB", (width, height), (130, 130, 130)), path)
    with Image.open(path) as image:
        image.load()
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert not image.getexif()
        return image.size


@pytest.mark.parametrize(
    ("width", "height", "wanted"),
    [
        (200, 100, (200, 100)),
        (320, 320, (320, 320)),
        (512, 512, (256, 256)),
        (400, 300, (320, 240)),
        (640, 320, (320, 160)),
        (4000, 3000, (308, 231)),
        (5000, 1, (313, 1)),
        (1, 5000, (1, 313)),
    ],
)
def test_an_image_of_any_size_has_a_small_picture_in_its_proportions(
    tmp_path: Path, width: int, height: int, wanted: tuple[int, int]
) -> None:
    assert made(tmp_path / "one.jpg", width, height) == wanted


def test_no_picture_is_larger_than_it_may_be_or_much_smaller_than_it_could_be(
    tmp_path: Path,
) -> None:
    for side in (321, 479, 480, 641, 719, 720, 961, 1279, 1281, 3333):
        assert LEAST_SIDE <= max(made(tmp_path / "one.jpg", side, side // 9)) <= SIDE


def test_a_thumbnail_is_not_flushed_and_leaves_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", flushed.append)
    made(tmp_path / "thumbnails" / "1.jpg", 600, 400)
    assert not flushed
    assert [entry.name for entry in (tmp_path / "thumbnails").iterdir()] == ["1.jpg"]


@pytest.mark.parametrize(("brightness", "behind"), [(255, 48), (20, 255)])
def test_what_is_seen_of_a_transparent_picture_stands_out_from_what_is_behind_it(
    tmp_path: Path, brightness: int, behind: int
) -> None:
    rgba = np.zeros((60, 100, 4), np.uint8)
    rgba[20:40, 20:80] = (brightness, brightness, brightness, 255)
    on_white = np.where(rgba[..., 3:] > 0, rgba[..., :3], np.uint8(255))
    write_thumbnail(Image.fromarray(on_white), tmp_path / "one.jpg", Image.fromarray(rgba))
    with Image.open(tmp_path / "one.jpg") as image:
        shown = np.asarray(image.convert("L"), int)
    assert abs(shown[30, 50] - brightness) < 6
    assert abs(shown[5, 5] - behind) < 6


def test_a_picture_of_which_nothing_is_seen_has_a_thumbnail(tmp_path: Path) -> None:
    nothing = Image.new("RGBA", (100, 60))
    write_thumbnail(Image.new("RGB", (100, 60), "white"), tmp_path / "one.jpg", nothing)
    assert (tmp_path / "one.jpg").stat().st_size


@pytest.mark.parametrize(
    ("size", "scale"),
    [((200, 100), 1.6), ((512, 512), 1 / 2), ((300, 640), 1 / 2), ((700, 500), 320 / 700)],
)
def test_a_picture_may_shrink_as_far_as_its_thumbnail_will(
    size: tuple[int, int], scale: float
) -> None:
    assert needed_scale(size) == pytest.approx(scale)


def test_a_thumbnail_has_one_size_from_whatever_scale_it_is_made(tmp_path: Path) -> None:
    for side in (480, 512, 640, 700, 960, 1000, 1280, 1920, 2500, 4000):
        scale = needed_scale((side, side // 2))
        factors = [factor for factor in (1, 2, 4, 8) if 1 / factor >= scale]
        shrunk = [made(tmp_path / "one.jpg", side // by, side // 2 // by) for by in factors]
        assert all(LEAST_SIDE <= max(one) <= SIDE for one in shrunk)
