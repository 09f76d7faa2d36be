"""Signs of multiplication in Korean lines."""

import pytest

from tests.shipped import code_of

ocr = code_of("ocr", "2")
TIMES = "\N{MULTIPLICATION SIGN}"


def read(text: str, whole: str = "") -> str:
    """What a line is read as by Tesseract and, where its letters aren't blank, by PP-OCR."""
    symbols = [
        ocr.tesseract.Symbol(one, 0.9, 20 * at, 20 * at + 16, spaced=False)
        for at, one in enumerate(text)
    ]
    letters = [ocr.recogniser.Letter(one, 0.9, 20 * at + 8) for at, one in enumerate(whole)]
    return "".join(one.text for one in ocr.times_signs.with_times(symbols, letters, 16))


@pytest.mark.parametrize("sign", ["%", f"%{TIMES}", f"{TIMES}%", TIMES])
def test_percent_of_nothing_before_a_figure_is_times(sign: str) -> None:
    assert read(f"500원{sign}3") == f"500원{TIMES}3"


@pytest.mark.parametrize("text", ["50%3", "500원%", "500원%할인"])
def test_percent_of_something_and_before_no_figure_stays(text: str) -> None:
    assert read(text) == text


def test_percent_that_both_read_stays() -> None:
    assert read("세율%3", " 8%3") == "세율%3"
