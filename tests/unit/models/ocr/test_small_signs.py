"""Signs of small letters: fractions, the numero sign and degrees, drawn here."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.shipped import code_of

ocr = code_of("ocr", "2")
Drawn = tuple[str, int, int, int]
"""Letters, their size in pixels, and where they begin from the left and from above."""


class Figures:
    """Reads the small parts in their order."""

    def __init__(self, *read: str) -> None:
        self._read = list(read)

    def read(self, lines: Sequence[Any]) -> list[Any]:
        letters = [self._read.pop(0) for _ in lines]
        return [ocr.recogniser.Spelling([ocr.recogniser.Letter(one, 0.99, 0.5)]) for one in letters]


def drawn(*letters: Drawn, width: int = 200) -> npt.NDArray[np.uint8]:
    image = Image.new("RGB", (width, 52), "white")
    for text, size, left, top in letters:
        ImageDraw.Draw(image).text(
            (left, top), text, font=ImageFont.load_default(size), fill="black"
        )
    return np.asarray(image, np.uint8)


def read(line: npt.NDArray[np.uint8], recogniser: Figures, *letters: tuple[str, int]) -> str:
    given = [ocr.recogniser.Letter(text, 0.99, place / line.shape[1]) for text, place in letters]
    found = ocr.small_signs.with_small_signs(recogniser, line, given)
    return "".join(one.text for one in found)


def test_small_figures_above_and_below_are_a_fraction() -> None:
    line = drawn(("1", 20, 10, 6), ("4", 20, 24, 22), ("bolt", 36, 60, 5))
    letters = [("1", 16), ("4", 32), ("b", 75), ("o", 95), ("l", 110), ("t", 120)]
    assert read(line, Figures("1", "4"), *letters) == "¼bolt"


@pytest.mark.parametrize(("before", "after"), [(",", ""), (".", ""), ("", "5")])
def test_no_fraction_stands_within_a_number(before: str, after: str) -> None:
    line = drawn(("1", 20, 50, 6), ("4", 20, 64, 22), ("|", 36, 2, 5))
    letters = [("7", 20), (before, 40), ("1", 56), ("4", 72), (after, 100)]
    given = [one for one in letters if one[0]]
    assert read(line, Figures("1", "4"), *given) == f"7{before}14{after}"


def test_figures_of_one_height_are_a_number() -> None:
    line = drawn(("14", 36, 10, 5), ("bolt", 36, 70, 5))
    letters = [("1", 20), ("4", 42), ("b", 85), ("o", 105), ("l", 120), ("t", 130)]
    assert read(line, Figures(), *letters) == "14bolt"


def test_rings_of_a_percent_sign_are_no_figures() -> None:
    line = drawn(("o", 20, 10, 2), ("o", 20, 26, 22), ("bolt", 36, 60, 5))
    letters = [("%", 24), ("b", 75), ("o", 95), ("l", 110), ("t", 120)]
    assert read(line, Figures("o", "o"), *letters) == "%bolt"


@pytest.mark.parametrize(("top", "expected"), [(4, "№4"), (24, "N4")])
def test_an_n_with_a_raised_letter_before_a_number_is_the_numero_sign(
    top: int, expected: str
) -> None:
    line = drawn(("N", 36, 10, 5), ("o", 18, 38, top), ("4", 36, 54, 5), width=110)
    assert read(line, Figures(), ("N", 26), ("4", 68)) == expected


@pytest.mark.parametrize(("ring", "expected"), [("o", "25°C"), ("", "25C")])
def test_a_ring_before_the_letter_of_degrees_is_put_in(ring: str, expected: str) -> None:
    line = drawn(("25", 36, 10, 5), (ring, 18, 54, 2), ("C", 36, 68, 5), width=110)
    assert read(line, Figures(), ("2", 22), ("5", 44), ("C", 84)) == expected


def test_a_ring_that_is_read_twice_is_there_once() -> None:
    line = drawn(("25", 36, 10, 5), ("C", 36, 68, 5), width=110)
    letters = [("2", 22), ("5", 44), ("°", 60), ("℃", 84)]
    assert read(line, Figures(), *letters) == "25℃"


def test_the_blank_behind_a_fraction_stays() -> None:
    line = drawn(("3", 20, 10, 6), ("4", 20, 24, 22), ("bolt", 36, 60, 5))
    letters = [("\u00b3", 20), (" ", 38), ("b", 75), ("o", 95), ("l", 110), ("t", 120)]
    assert read(line, Figures("3", "4"), *letters) == "\u00be bolt"
