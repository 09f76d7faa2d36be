"""What becomes of a syllable that Tesseract's alphabet lacks."""

from typing import Any

import pytest

from tests.shipped import code_of

LACKING = frozenset("앱샀")


@pytest.fixture(scope="module")
def code() -> Any:
    return code_of("ocr", "2")


def repaired(code: Any, read: str, single: str, confidence: float = 0.99) -> str:
    """What comes out; a space in `read` is before the symbol that follows it."""
    symbols = [
        code.tesseract.Symbol(letter, 0.98, 0.0, 1.0, spaced=read[at - 1 : at] == " ")
        for at, letter in enumerate(read)
        if letter != " "
    ]
    syllables = [code.syllables.Syllable(letter, confidence) for letter in single]
    found = code.repair.repaired(symbols, syllables, lambda letter: letter not in LACKING)
    return "".join(" " * one.spaced + one.text for one in found)


def test_a_syllable_that_only_looks_like_it_is_replaced(code: Any) -> None:
    assert repaired(code, "버스 앰을", "버스앱을") == "버스 앱을"


def test_one_that_was_left_out_is_put_in_with_its_space(code: Any) -> None:
    assert repaired(code, "장을 습니다", "장을샀습니다") == "장을 샀습니다"


def test_several_that_were_left_out_are_put_in_known_or_not(code: Any) -> None:
    assert repaired(code, "멸치", "멸치액젓") == "멸치액젓"
    assert repaired(code, "멸치", "멸치액젓", confidence=0.8) == "멸치"


def test_one_at_the_end_is_put_in(code: Any) -> None:
    assert repaired(code, "버스", "버스앱") == "버스앱"


def test_where_tesseract_reads_nothing_nothing_is_put_in(code: Any) -> None:
    assert repaired(code, "", "앱") == ""


def test_what_tesseract_knows_and_is_sure_of_stays(code: Any) -> None:
    assert repaired(code, "버스를", "버소를") == "버스를"


def test_an_unsure_syllable_replaces_nothing(code: Any) -> None:
    assert repaired(code, "버스 앰을", "버스앱을", confidence=0.7) == "버스 앰을"


def test_a_digit_is_no_syllable_s(code: Any) -> None:
    assert repaired(code, "버스 1을", "버스앱을") == "버스 1을"


def test_a_rare_syllable_needs_to_be_as_sure_as_what_it_replaces(code: Any) -> None:
    def after(confidence: float) -> str:
        read = [code.tesseract.Symbol("앰", confidence, 0.0, 1.0, spaced=False)]
        single = [code.syllables.Syllable("앱", 0.95)]
        (one,) = code.repair.repaired(read, single, lambda letter: letter not in LACKING)
        return str(one.text)

    assert after(0.97) == "앱"
    assert after(0.999) == "앰"
