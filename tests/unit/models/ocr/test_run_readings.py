"""Which reading of a run of Latin letters is taken."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.shipped import code_of

ocr = code_of("ocr", "2")


def letters(text: str) -> Sequence[Any]:
    return [ocr.recogniser.Letter(letter, 0.99, at) for at, letter in enumerate(text)]


def symbols(text: str) -> Sequence[Any]:
    return [ocr.tesseract.Symbol(letter, 0.98, 0, 1, spaced=False) for letter in text]


@pytest.mark.parametrize(
    ("read", "seen", "meant"),
    [
        ("R", "@", "\N{REGISTERED SIGN}"),
        ("C", "@", "\N{COPYRIGHT SIGN}"),
        ("R", "8", "R"),
        ("@", "@", "@"),
        ("RC", "@", "RC"),
        ("R", "", "R"),
    ],
)
def test_a_letter_around_which_the_other_reader_sees_a_circle_is_the_sign(
    read: str, seen: str, meant: str
) -> None:
    found = ocr.run_readings.chosen(letters(read), letters(read), [], symbols(seen))
    assert "".join(one.text for one in found) == meant
