"""Of a struck-out line two readings become one, which is sure only where they agree."""

from typing import Any

import numpy as np
import pytest

from tests.shipped import code_of


@pytest.fixture(scope="module")
def code() -> Any:
    return code_of("ocr", "2")


class Scripted:
    """A reader that knows one answer."""

    languages = ("ko",)

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def read(self, lines: Any) -> list[Any]:
        return [self._answer] * len(lines)


def line(*, struck: bool) -> Any:
    """Upright strokes, with one across them or without."""
    pixels = np.full((40, 300, 3), 255, np.uint8)
    for left in range(20, 280, 9):
        pixels[8:32, left : left + 4] = 0
    if struck:
        pixels[20:22, 15:285] = 0
    return pixels


def read(code: Any, struck: str, cleaned: str) -> Any:
    first = code.readers.Reading(struck, 0.97)
    reader = Scripted(code.readers.Reading(cleaned, 0.98))
    (found,) = code.strikes.read_struck(reader, [line(struck=True)], [first])
    return found


def test_the_stroke_is_taken_away_and_what_it_crosses_stays(code: Any) -> None:
    cleaned = code.strikes.without_strikes(line(struck=True))
    assert np.array_equal(cleaned, line(struck=False))


def test_a_line_without_a_stroke_is_not_read_again(code: Any) -> None:
    first = code.readers.Reading("9,900원", 0.97)
    reader = Scripted(code.readers.Reading("", 0.0))
    assert code.strikes.read_struck(reader, [line(struck=False)], [first]) == [first]


def test_a_rule_below_letters_and_a_dash_beside_them_strike_nothing_out(code: Any) -> None:
    ruled, dashed = line(struck=False), line(struck=False)
    ruled[33:35, 15:285] = 0
    dashed[:, 140:] = 255
    dashed[20:22, 150:285] = 0
    assert code.strikes.without_strikes(ruled) is None
    assert code.strikes.without_strikes(dashed) is None


def test_two_readings_that_agree_are_sure(code: Any) -> None:
    found = read(code, "9,900완 7,900원", "9,900원 7,900원")
    assert (found.text, found.confidence) == ("9,900원 7,900원", 0.98)


def test_the_syllable_for_won_is_taken_from_either(code: Any) -> None:
    assert read(code, "48,000원 할인", "48,000인 할인").text == "48,000원 할인"


@pytest.mark.parametrize("cleaned", ["3,800원", "38,000원", "3,000원"])
def test_figures_that_differ_are_those_with_the_stroke_and_never_sure(
    code: Any, cleaned: str
) -> None:
    found = read(code, "8,800원", cleaned)
    assert found.text == "8,800원"
    assert found.confidence <= 0.7


def test_letters_that_differ_are_not_sure(code: Any) -> None:
    assert read(code, "정가 표시", "정기 표시").confidence <= 0.7
