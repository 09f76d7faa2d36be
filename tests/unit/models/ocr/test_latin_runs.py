"""Where Latin letters end and Hangul begins in a Korean line, and what becomes of Tesseract's."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.shipped import code_of

HEIGHT = 20


@pytest.fixture(scope="module")
def code() -> Any:
    return code_of("ocr", "2")


def strokes(code: Any, *edges: tuple[int, int]) -> list[Any]:
    return [code.hangul.Span(*pair) for pair in edges]


def symbol(code: Any, text: str, left: float, right: float, confidence: float = 0.99) -> Any:
    return code.tesseract.Symbol(text, confidence, left, right, spaced=False)


def test_a_run_ends_where_a_syllable_begins(code: Any) -> None:
    word = strokes(code, (0, 8), (10, 18), (20, 38))
    (run,) = code.latin_runs.runs_of(word, [4, 14], [word[2]], HEIGHT)
    assert (run.first, run.end) == (0, 18)


def test_a_narrow_stroke_that_nobody_read_is_the_run_s(code: Any) -> None:
    word = strokes(code, (0, 6), (8, 16), (18, 26))
    (run,) = code.latin_runs.runs_of(word, [12, 22], [], HEIGHT)
    assert (run.first, run.end) == (0, 26)


def test_a_narrow_stroke_of_a_certain_syllable_stays_with_it(code: Any) -> None:
    word = strokes(code, (0, 8), (12, 15))
    syllable = code.hangul.Span(10, 28)
    (run,) = code.latin_runs.runs_of(word, [4], [syllable], HEIGHT)
    assert (run.first, run.end) == (0, 8)


def test_letters_on_both_sides_of_a_syllable_are_two_runs(code: Any) -> None:
    word = strokes(code, (0, 8), (10, 28), (30, 38))
    runs = code.latin_runs.runs_of(word, [4, 34], [word[1]], HEIGHT)
    assert [(run.first, run.end) for run in runs] == [(0, 8), (30, 38)]


def test_a_point_joins_two_runs_and_a_syllable_does_not(code: Any) -> None:
    runs = strokes(code, (0, 8), (16, 24), (50, 58))
    ink = np.zeros(60, bool)
    for first, end in ((0, 8), (11, 13), (16, 24), (28, 46), (50, 58)):
        ink[first:end] = True
    joined = code.latin_runs.joined(runs, ink, HEIGHT)
    assert [(run.first, run.end) for run in joined] == [(0, 24), (50, 58)]


def test_digits_that_stand_for_latin_letters_are_dropped_and_syllables_stay(code: Any) -> None:
    symbols = [
        symbol(code, "는", 0, 18),
        symbol(code, "2", 30, 38),
        symbol(code, "0", 40, 48),
        symbol(code, "으", 50, 68),
    ]
    ink = np.ones(80, bool)
    before, after = code.slots.between(symbols, strokes(code, (30, 48)), ink, HEIGHT)
    assert [one.text for one in before] == ["는"]
    assert [one.text for one in after] == ["으"]


def test_a_syllable_that_swallowed_a_run_is_found_where_its_own_ink_is(code: Any) -> None:
    ink = np.zeros(80, bool)
    ink[0:20] = ink[24:42] = True
    symbols = [symbol(code, "를", 0, 42), symbol(code, "끄", 50, 68)]
    before, after = code.slots.between(symbols, strokes(code, (0, 20)), ink, HEIGHT)
    assert before == []
    assert [one.text for one in after] == ["를", "끄"]


def line_with(code: Any, *strokes: tuple[int, int], syllable: tuple[int, int]) -> Any:
    """A Korean line 20 pixels high with ink in these columns, and a syllable that both read."""
    pixels = np.full((24, 120, 3), 255, np.uint8)
    for first, end in strokes:
        pixels[2:22, first:end] = 0
    read = replace(symbol(code, "개", syllable[0], syllable[1] - 1), is_confirmed=True)
    return code.korean_line.KoreanLine(pixels, pixels[..., 0], [read])


def letters(code: Any, *read: tuple[str, float]) -> list[Any]:
    return [code.recogniser.Letter(text, 0.99, place) for text, place in read]


def parts(
    code: Any, line: Any, first: int, end: int, read: list[Any]
) -> list[tuple[str, int, int]]:
    found = code.latin_letters.without_syllables(line, code.hangul.Span(first, end), read)
    return [("".join(one.text for one in own), part.first, part.end) for part, own in found]


def test_a_syllable_that_both_readers_see_is_taken_out_of_a_run(code: Any) -> None:
    line = line_with(code, (0, 8), (12, 18), (22, 30), (40, 48), syllable=(12, 30))
    read = letters(code, ("8", 4), ("1", 44))
    assert parts(code, line, 0, 48, read) == [("8", 0, 8), ("1", 40, 48)]


def test_a_letter_that_is_a_part_of_such_a_syllable_goes_with_it(code: Any) -> None:
    line = line_with(code, (0, 8), (12, 18), (22, 30), syllable=(12, 30))
    assert parts(code, line, 0, 24, letters(code, ("3", 4), ("7", 15))) == [("3", 0, 8)]


def test_letters_that_look_like_a_syllable_together_stay(code: Any) -> None:
    line = line_with(code, (0, 8), (12, 18), (22, 30), syllable=(12, 30))
    read = letters(code, ("S", 4), ("L", 15), ("H", 26))
    assert parts(code, line, 0, 30, read) == [("SLH", 0, 30)]
