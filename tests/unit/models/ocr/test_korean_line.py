"""What of a Korean line stands together, and which of its marks are read as well as Hangul."""

from typing import Any

import numpy as np
import pytest

from tests.shipped import code_of

ocr = code_of("ocr", "2")
SYLLABLE, RING, STEM = (10, 40), (44, 60), (68, 71)


def words(text: str, *others: tuple[int, int], stem: tuple[int, int] = STEM) -> Any:
    """Where those of a line of 32 pixels are, in which the stem is read as this text."""
    pixels = np.full((48, 160, 3), 255, np.uint8)
    for first, end in (SYLLABLE, RING, stem, *others):
        pixels[8:40, first:end] = 0
    read = [
        ocr.tesseract.Symbol("높", 0.99, *SYLLABLE, spaced=False),
        ocr.tesseract.Symbol(text, 0.99, stem[0], stem[1] - 1, spaced=False),
    ]
    made = ocr.korean_line.KoreanLine(pixels, pixels[..., 0], read)
    return [(word.first, word.end) for word in made.words]


def test_the_stem_of_a_syllable_is_of_its_word_however_far() -> None:
    assert words("이") == [(10, 71)]


def test_a_figure_and_what_is_as_far_as_a_space_is_a_word() -> None:
    assert words("1") == [(10, 60), STEM]
    assert words("이", stem=(72, 75)) == [(10, 60), (72, 75)]
    assert words("이", stem=(68, 82)) == [(10, 60), (68, 82)]


def symbols(text: str) -> list[Any]:
    return [ocr.tesseract.Symbol(one, 1.0, 0, 1, spaced=False) for one in text]


@pytest.mark.parametrize(
    "quotes", ["\u201c\u201d", "\u2018\u2019", "「」", "『』", "〈〉", "《》", "<>"]
)
def test_words_in_quotes_are_as_sure_as_others(quotes: str) -> None:
    first, last = quotes[0], quotes[1]
    sure = ocr.korean_reading.confidence(symbols(f"{first}토지{last}"), [])
    assert sure == ocr.korean_reading.confidence(symbols("토지"), [])


@pytest.mark.parametrize(
    ("read", "text"), [("망ㅡ그", "망—그"), ("ㅡㅡ", "ㅡㅡ"), ("ㅡ.ㅡ", "ㅡ.ㅡ")]
)
def test_one_stroke_is_a_dash_and_two_are_a_face(read: str, text: str) -> None:
    found = ocr.tesseract.with_dashes(symbols(read))
    assert "".join(one.text for one in found) == text


@pytest.mark.parametrize(
    ("read", "places"),
    [("<가-나>", []), ("가->", [2]), ("<가->", [3]), ("가@", [1]), ("나『", [1]), ("「나」", [])],
)
def test_what_is_no_korean_may_be_a_sign_and_so_may_an_arrow_of_two_marks(
    read: str, places: list[int]
) -> None:
    made = ocr.korean_line.KoreanLine(np.zeros((32, 9, 3), np.uint8), np.zeros((32, 9)), [])
    made.symbols = [ocr.tesseract.Symbol(one, 1, at, at, False) for at, one in enumerate(read)]
    assert made.unknown() == places
