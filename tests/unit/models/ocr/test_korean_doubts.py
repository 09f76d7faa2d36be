"""Korean lines in which a sign was misread or left out are not called sure."""

from typing import Any

import numpy as np
import pytest

from tests.shipped import code_of

ocr = code_of("ocr", "2")
SYLLABLES = ((10, 40), (46, 76))


def line(*strokes: tuple[int, int]) -> Any:
    """A line with ink in these columns, of which the first two are read as syllables."""
    pixels = np.full((48, 160, 3), 255, np.uint8)
    for first, end in strokes:
        pixels[8:40, first:end] = 0
    read = [ocr.tesseract.Symbol("다", 0.99, first, end - 1, False) for first, end in SYLLABLES]
    return ocr.korean_line.KoreanLine(pixels, pixels[..., 0], read)


def is_doubtful(made: Any, text: str = "다다") -> bool:
    return bool(ocr.korean_doubts.is_doubtful(made, made.symbols, text))


def test_a_stroke_that_nothing_stands_for_is_a_sign_that_was_left_out() -> None:
    assert not is_doubtful(line(*SYLLABLES))
    assert is_doubtful(line(*SYLLABLES, (82, 110)))
    # A mark is narrower.
    assert not is_doubtful(line(*SYLLABLES, (82, 90)))


def test_a_stroke_of_a_run_or_of_a_syllable_by_itself_is_read() -> None:
    made = line(*SYLLABLES, (82, 110))
    made.runs.append((ocr.hangul.Span(82, 110), []))
    assert not is_doubtful(made)
    made = line(*SYLLABLES, (82, 110))
    made.syllables.append(ocr.syllables.Syllable("샀", 0.97, 82, 110))
    assert not is_doubtful(made)
    made.syllables[:] = [ocr.syllables.Syllable("샀", 0.6, 82, 110)]
    assert is_doubtful(made)


@pytest.mark.parametrize("text", ["설탕 %컵", "%컵", "제품 N 1024", "제품 Na1024", "우유 1'컵"])
def test_signs_that_say_nothing_where_they_stand_were_others(text: str) -> None:
    assert is_doubtful(line(*SYLLABLES), text)


@pytest.mark.parametrize("text", ["습도 60%", "습도 60 %", "USB 3개", "5' 남음", "제품 No. 7"])
def test_signs_that_belong_where_they_stand_are_sure(text: str) -> None:
    assert not is_doubtful(line(*SYLLABLES), text)
