"""Fractions that are read by themselves, and signs of which nobody is sure."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tests.shipped import code_of

ocr = code_of("ocr", "2")
THIRD, HALF = "\u2153", "\u00bd"
LINE = np.full((48, 200, 3), 255, np.uint8)
for start in range(8, 192, 24):
    LINE[10:40, start : start + 14] = 0


class Alone:
    """Reads what was cut out as this."""

    def __init__(self, text: str, confidence: float = 0.9) -> None:
        self._read = [ocr.recogniser.Letter(one, confidence, 0.5) for one in text]

    def read(self, lines: Sequence[Any]) -> list[Any]:
        return [ocr.recogniser.Spelling(self._read) for _ in lines]


def letters(text: str, confidence: float = 0.99) -> list[Any]:
    return [
        ocr.recogniser.Letter(one, confidence, (15 + 24 * at) / 200) for at, one in enumerate(text)
    ]


def read(text: str, alone: Alone, confidence: float = 0.99) -> list[Any]:
    found = ocr.fraction_signs.with_fraction_signs(alone, LINE, letters(text, confidence))
    return list(found)


def said(found: Sequence[Any]) -> str:
    return "".join(one.text for one in found)


@pytest.mark.parametrize("seen", [HALF, f"{HALF}3", "\u00b3"])
def test_a_sign_that_is_two_figures_by_itself_is_that_fraction(seen: str) -> None:
    assert said(read(f"a {seen} b", Alone("1/3"))) == f"a {THIRD} b"


def test_a_fraction_that_nothing_confirms_is_not_sure() -> None:
    (sign,) = [one for one in read(f"a {HALF} b", Alone("1/")) if one.text == HALF]
    assert sign.confidence < ocr.readers.UNSURE


def test_a_sign_that_was_left_out_is_put_in() -> None:
    assert said(read("of  it", Alone("3/4"))) == "of \u00be it"


def test_two_figures_that_are_sure_are_a_number() -> None:
    assert said(read("a 34 b", Alone("3/4"))) == "a 34 b"
    assert said(read("a 34 b", Alone("3/4"), 0.9)) == "a \u00be b"
    assert said(read("a 34 b", Alone("34"), 0.9)) == "a 34 b"


@pytest.mark.parametrize(("text", "expected"), [("5", True), ("a", False), (",", False)])
def test_a_line_with_a_doubtful_sign_or_figure_is_not_sure(text: str, expected: bool) -> None:
    spelling = ocr.recogniser.Spelling([*letters("abcdef"), ocr.recogniser.Letter(text, 0.5, 0.9)])
    assert ocr.ppocr_reader._reading(LINE, spelling).is_unsure is expected


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ("Ab\u2122M is", "Ab\u2122 is"),
        ("Ab \u2122is", "Ab\u2122 is"),
        ("Ab\u2122\u2122", "Ab\u2122"),
    ],
)
def test_a_trade_mark_is_there_once_and_apart_from_the_next_word(seen: str, expected: str) -> None:
    assert ocr.trade_marks.with_trade_marks(seen) == expected
