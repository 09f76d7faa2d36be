"""How a cut-out is held against an outline drawn by hand."""

import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from quality.cutouts import scores
from quality.photos import PhotoMissing, photo

SQUARE = [[10, 10], [29, 10], [29, 29], [10, 29]]
OUTLINE = {"subject": [SQUARE], "holes": [], "unsure": []}


def square(left: int = 10, width: int = 20) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    mask = np.zeros((40, 60), bool)
    mask[10:30, left : left + width] = True
    return mask


def test_the_outline_itself_is_right_and_nothing_is_wrong() -> None:
    assert scores(square(), OUTLINE) == (1.0, 1.0)
    assert scores(np.zeros((40, 60), bool), OUTLINE) == (0.0, 0.0)


def test_an_edge_may_be_off_by_three_pixels() -> None:
    iou, edge = scores(square(left=13), OUTLINE)
    assert iou == pytest.approx(17 / 23)
    assert edge == 1.0
    assert scores(square(left=18), OUTLINE)[1] < 0.7


def test_holes_are_not_the_subjects_and_what_is_unsure_does_not_count() -> None:
    hole = [[15, 15], [20, 15], [20, 20], [15, 20]]
    assert scores(square(), OUTLINE | {"holes": [hole]})[0] < 1
    beside = [[30, 0], [59, 0], [59, 39], [30, 39]]
    assert scores(square(width=40), OUTLINE | {"unsure": [beside]})[0] == 1


def test_a_photo_that_is_not_the_outlined_one_is_refused() -> None:
    memory = io.BytesIO()
    Image.new("RGB", (1, 1)).save(memory, "PNG")
    with pytest.raises(PhotoMissing, match="is not the file that was outlined"):
        photo("skimage:coffee.png", hashlib.sha256(memory.getvalue()).hexdigest())
