"""Text on transparency is shown where it can be seen."""

import numpy as np
import numpy.typing as npt
import pytest

from tests.shipped import code_of

ocr = code_of("ocr", "2")


def sticker(color: int, background: tuple[int, int, int, int]) -> npt.NDArray[np.uint8]:
    """A bar of one gray on another background."""
    picture = np.full((20, 60, 4), background, np.uint8)
    picture[8:12, 10:50] = (color, color, color, 255)
    return picture


def test_white_letters_on_nothing_are_shown_on_black() -> None:
    shown = ocr.background.on_background(sticker(255, (255, 255, 255, 0)))
    assert shown[10, 30].tolist() == [255] * 3
    assert shown[0, 0].tolist() == [0] * 3


@pytest.mark.parametrize(
    "picture",
    [
        sticker(0, (0, 0, 0, 0)),  # dark letters stand out from white
        sticker(255, (20, 20, 20, 255)),  # nothing is transparent
        np.zeros((20, 60, 4), np.uint8),  # nothing is seen
    ],
)
def test_what_stands_out_from_white_stays_on_white(picture: npt.NDArray[np.uint8]) -> None:
    assert ocr.background.on_background(picture) is None
