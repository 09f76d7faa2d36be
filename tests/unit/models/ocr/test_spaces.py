"""Spaces beside figures in lines of Japanese, which the recogniser only thinks of."""

from typing import Any

import numpy as np
import pytest

from tests.shipped import code_of

ocr = code_of("ocr", "2")
WIDE_GAP, GAP = 14, 4


def line(text: str, chances: dict[int, float]) -> tuple[Any, list[Any]]:
    """A line 48 high with a bar for each letter, a wide gap for each space, and what is read.

    `chances` are those of a space before the letter at this place, spaces not counted.
    """
    bars, x = [], 6
    for letter in text:
        width = 30 if ord(letter) > 0x3000 else 14
        if letter == " ":
            x += WIDE_GAP - GAP
        else:
            bars.append((letter, x, x + width))
            x += width + GAP
    pixels = np.full((48, x + 6, 3), 255, np.uint8)
    for _, first, last in bars:
        pixels[8:40, first:last] = 0
    letters = [
        ocr.recogniser.Letter(letter, 1.0, (first + last) / 2 / (x + 6), chances.get(at, 0.0))
        for at, (letter, first, last) in enumerate(bars)
    ]
    return pixels, letters


def spaced(text: str, chances: dict[int, float]) -> str:
    return "".join(letter.text for letter in ocr.spaces.with_spaces(*line(text, chances)))


@pytest.mark.parametrize(
    ("text", "chances"),
    [
        ("牛乳 1L", {2: 0.1}),
        ("納豆 3 x 260", {2: 0.005, 3: 0.01, 4: 0.01}),
        ("午前9時", {2: 0.0}),
    ],
)
def test_a_wide_gap_that_may_be_a_space_is_one(text: str, chances: dict[int, float]) -> None:
    assert spaced(text, chances) == text


def test_a_narrow_gap_is_none_however_likely() -> None:
    assert spaced("午前9時", {2: 0.5, 3: 0.5}) == "午前9時"


def test_a_wide_gap_that_is_surely_none_is_left() -> None:
    assert spaced("午前 9時", {}) == "午前9時"


def test_lines_without_chinese_letters_are_left() -> None:
    assert spaced("at 9 h", {2: 0.5, 3: 0.5}) == "at9h"


def test_chinese_letters_are_never_parted() -> None:
    assert spaced("り ん9", {1: 0.5}) == "りん9"


def test_a_mark_has_no_space_beside_it() -> None:
    assert spaced("ケ - キ", {1: 0.5, 2: 0.5}) == "ケ-キ"
