"""The measures of style transfer know their ends."""

import numpy as np
import pytest

from quality.conditions import Pixels
from quality.looks import looks, nearest
from quality.style import edges_kept, recolored


def noise(seed: int, low: int, high: int) -> Pixels:
    return np.random.default_rng(seed).integers(low, high, (64, 80, 3)).astype(np.uint8)


def test_a_photo_keeps_all_of_its_own_edges_and_none_of_anothers() -> None:
    photo = noise(1, 0, 255)
    assert edges_kept(photo, photo) == pytest.approx(1)
    assert abs(edges_kept(photo, noise(2, 0, 255))) < 0.2


def test_a_recolored_photo_has_the_colors_of_the_style() -> None:
    style = noise(3, 60, 140)
    style[..., 0] += 80
    moved = recolored(noise(1, 40, 200), style)
    assert np.abs(moved.mean((0, 1)) - style.mean((0, 1))).max() < 6


def test_pictures_look_alike_by_their_colors_and_by_their_grain() -> None:
    plain = np.full((64, 80, 3), 128, np.uint8)
    darker, bluer, grained = plain - 20, plain + np.array([0, 0, 40], np.uint8), noise(4, 90, 166)
    found = nearest(
        {
            name: looks(picture)
            for name, picture in {
                "plain": plain,
                "darker": darker,
                "bluer": bluer,
                "grained": grained,
            }.items()
        }
    )
    assert found["plain"][0] == "darker"
    assert found["grained"][1] > found["bluer"][1] > found["plain"][1] > 0
    assert nearest({"one": looks(plain), "other": looks(plain)})["one"] == ("other", 0)
