"""Which way a picture is turned, with networks that know the answer."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tests.shipped import code_of
from tests.unit.models.ocr.drawing import Boxes, box, boxes

ocr = code_of("ocr", "2")
Pixels = npt.NDArray[np.uint8]


def picture() -> Pixels:
    """One dark line near the top, darker at its beginning."""
    pixels = np.full((200, 300, 3), 255, np.uint8)
    pixels[20:40, 30:250] = 100
    pixels[20:40, 30:60] = 0
    return pixels


def detect(image: Pixels) -> Boxes:
    rows, columns = np.nonzero(image.min(axis=2) < 128)
    if not len(rows):
        return boxes()
    left, top = columns.min(), rows.min()
    return boxes(box(left, top, columns.max() + 1 - left, rows.max() + 1 - top))


class Reader:
    """Reads lines whose beginning is on the left."""

    languages = ("en",)

    def __init__(self, text: str = "a line") -> None:
        self._text = text

    def read(self, lines: Any) -> list[Any]:
        return [
            ocr.readers.Reading(self._text, 0.9 if line[:, :10].mean() < 60 else 0.3)
            for line in lines
        ]


def found(quarters: int, chances: list[float]) -> Any:
    """What is found for the picture turned clockwise by so many quarters."""
    turned = np.rot90(picture(), -quarters)
    return ocr.upright.find_upright(turned, lambda _: np.array(chances), detect, Reader())


SURE = [[0.9 if turn == quarters else 0.03 for turn in range(4)] for quarters in range(4)]


@pytest.mark.parametrize("quarters", range(4))
def test_a_sure_network_is_followed_and_boxes_are_told_on_the_picture_as_it_came(
    quarters: int,
) -> None:
    upright = found(quarters, SURE[quarters])
    assert upright.quarters == (4 - quarters) % 4
    assert np.array_equal(upright.image, picture())
    (corners,) = upright.in_picture(upright.boxes)
    turned = np.rot90(picture(), -quarters)
    left, top = np.floor(corners.min(axis=0)).astype(int)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int)
    assert turned[top + 3 : bottom - 3, left + 3 : right - 3].max() < 128


@pytest.mark.parametrize("quarters", [0, 2])
def test_an_unsure_network_is_overruled_by_what_is_read_more_surely(quarters: int) -> None:
    wrong = [0.5, 0.0, 0.45, 0.05] if quarters == 2 else [0.45, 0.0, 0.5, 0.05]
    assert found(quarters, wrong).quarters == (4 - quarters) % 4


@pytest.mark.parametrize("quarters", [1, 3])
def test_an_unsure_network_is_overruled_by_the_direction_of_the_lines(quarters: int) -> None:
    assert found(quarters, [0.4, 0.3, 0.1, 0.2]).quarters == (4 - quarters) % 4


def test_a_picture_without_text_is_not_turned() -> None:
    blank = np.full((200, 300, 3), 255, np.uint8)
    upright = ocr.upright.find_upright(blank, lambda _: np.array(SURE[2]), detect, Reader())
    assert (upright.quarters, len(upright.boxes)) == (0, 0)


@pytest.mark.parametrize("chances", [SURE[1], SURE[2], [0.4, 0.1, 0.1, 0.4]])
def test_a_word_alone_stays_as_it_came_where_it_can_be_read(chances: list[float]) -> None:
    word = np.full((200, 300, 3), 255, np.uint8)
    word[40:80, 30:130] = 100
    word[40:80, 30:50] = 0
    upright = ocr.upright.find_upright(word, lambda _: np.array(chances), detect, Reader())
    assert upright.quarters == 0
    turned = np.rot90(word, 2)
    upright = ocr.upright.find_upright(turned, lambda _: np.array(SURE[2]), detect, Reader())
    assert upright.quarters == 2


def test_japanese_that_runs_from_top_to_bottom_is_not_laid_on_its_side() -> None:
    column = np.rot90(picture(), -1)
    unsure = np.array([0.62, 0.06, 0.27, 0.05])
    for text, quarters in (("春の夜の夢", 0), ("a line", 3)):
        upright = ocr.upright.find_upright(column, lambda _: unsure, detect, Reader(text))
        assert upright.quarters == quarters
