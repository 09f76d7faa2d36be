"""What comes of a Korean line that Tesseract and the network of single syllables read."""

from typing import Any

import numpy as np
import pytest

from tests.shipped import code_of

HEIGHT = 20


@pytest.fixture(scope="module")
def code() -> Any:
    return code_of("ocr", "2")


def symbols(code: Any, text: str, confidence: float = 0.98, pitch: int = 22) -> list[Any]:
    """What Tesseract reads, its places a little off."""
    return [
        code.tesseract.Symbol(letter, confidence, at * pitch + 3.0, at * pitch + 30.0, spaced=False)
        for at, letter in enumerate(text)
    ]


def syllables(code: Any, text: str, confidence: float = 0.99, pitch: int = 22) -> list[Any]:
    return [
        code.syllables.Syllable(letter, confidence, at * pitch, at * pitch + 19)
        for at, letter in enumerate(text)
    ]


def test_a_syllable_that_both_read_stands_where_its_strokes_are(code: Any) -> None:
    (one,) = code.agreement.agreed(symbols(code, "개"), syllables(code, "개"), HEIGHT)
    assert (one.left, one.right, one.is_confirmed) == (0, 18, True)


def test_no_latin_letter_is_heard_in_a_syllable_that_both_read(code: Any) -> None:
    pixels = np.full((HEIGHT, 60, 3), 255, np.uint8)
    pixels[:, 5:24] = 0
    letter = code.recogniser.Letter("7", 0.99, 12.0)
    read = symbols(code, "구", 0.99)
    line = code.korean_line.KoreanLine(pixels, pixels[..., 0], read, whole=[letter])
    assert code.latin_letters.latin_letters(line, [letter]) == [letter]
    line.symbols = code.agreement.agreed(read, syllables(code, "구"), HEIGHT)
    assert code.latin_letters.latin_letters(line, [letter]) == []


def test_of_two_readings_the_one_is_taken_that_single_syllables_bear_out(code: Any) -> None:
    first, again = symbols(code, "조목"), symbols(code, "초록")
    single = syllables(code, "초록")
    assert code.agreement.disputes(first, single) == 2
    for readings in ((first, again), (again, first)):
        steadied = code.agreement.steadied(*readings, single)
        assert "".join(one.text for one in steadied) == "초록"


def test_what_is_read_in_one_size_and_not_in_another_gives_way(code: Any) -> None:
    read = code.agreement.steadied(
        symbols(code, "부억"), symbols(code, "부역"), syllables(code, "부엇")
    )
    assert [one.confidence < 0.6 for one in read] == [False, True]
    repaired = code.repair.repaired(read, syllables(code, "부엇"), lambda _: True)
    assert "".join(one.text for one in repaired) == "부엇"


def test_a_wide_gap_between_syllables_is_a_space_and_even_gaps_are_none(code: Any) -> None:
    def spaced(places: list[int]) -> list[bool]:
        read = [
            code.tesseract.Symbol(letter, 0.98, place, place + 15, spaced=False)
            for letter, place in zip("두부한모", places, strict=True)
        ]
        single = [
            code.syllables.Syllable(letter, 0.99, place, place + 16)
            for letter, place in zip("두부한모", places, strict=True)
        ]
        return [one.spaced for one in code.agreement.agreed(read, single, HEIGHT)]

    assert spaced([0, 18, 42, 66]) == [False, False, True, True]
    assert spaced([0, 24, 48, 72]) == [False] * 4


def test_a_line_of_which_nothing_is_read_stays_empty(code: Any) -> None:
    assert code.agreement.agreed([], syllables(code, "가"), HEIGHT) == []


def test_letters_stand_out_alike_in_uneven_light(code: Any) -> None:
    light = np.linspace(250, 90, 200)
    line = np.repeat(np.broadcast_to(light, (30, 200))[..., None], 3, axis=2).copy()
    for left in range(10, 190, 30):
        line[8:22, left : left + 3] *= 0.2
    ink, _ = code.hangul.ink_of(code.tesseract.grey(line.astype(np.uint8)))
    assert len(code.hangul.spans(ink)) == 6
    assert ink.sum() <= 6 * 5
