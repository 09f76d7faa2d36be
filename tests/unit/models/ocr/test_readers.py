"""Lines that may stand on their heads, and lines that stray from their page's language."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tests.shipped import code_of
from tests.unit.models.ocr.drawing import boxes, column


@pytest.fixture(scope="module")
def code() -> Any:
    return code_of("ocr", "2")


class Reader:
    """Is so sure of a dark line, and so sure of it upside down."""

    languages = ("ko",)

    def __init__(self, code: Any, upright: float, turned: float, beneath: str = "아래") -> None:
        self._code, self._chances, self._beneath = code, (upright, turned), beneath

    def read(self, lines: Sequence[Any]) -> list[Any]:
        return [
            self._code.readers.Reading("위로", self._chances[0])
            if line[0, 0, 0] == 0
            else self._code.readers.Reading(self._beneath, self._chances[1])
            for line in lines
        ]


@pytest.mark.parametrize(("upright", "turned", "text"), [(0.76, 0.84, "위로"), (0.3, 0.95, "아래")])
def test_a_line_is_turned_on_its_head_only_where_it_is_much_surer_so(
    code: Any, upright: float, turned: float, text: str
) -> None:
    line = np.full((10, 40, 3), 255, np.uint8)
    line[0, 0] = 0
    (reading,) = code.readers.read_either_way_up(Reader(code, upright, turned), [line])
    assert reading.text == text


def test_figures_do_not_tell_which_way_up_a_line_stands(code: Any) -> None:
    line = np.full((10, 40, 3), 255, np.uint8)
    line[0, 0] = 0
    (reading,) = code.readers.read_either_way_up(Reader(code, 0.5, 0.9, "000'9"), [line])
    assert reading.text == "위로"


def test_short_hangul_that_was_read_as_chinese_is_looked_at_again(code: Any) -> None:
    found = code.upright.Upright(
        np.full((200, 300, 3), 255, np.uint8), boxes(*column(20, 20, [120, 60, 120])), 0
    )
    page = code.page.Page(found, 1.0)
    for line, text in enumerate(("과일 가게", "全", "부가세 합계")):
        page.add(line, code.readers.Reading(text, 0.95))
    assert page.strays() == [1]
    page.add(2, code.readers.Reading("水果", 0.95))
    page.add(0, code.readers.Reading("苹果", 0.95))
    assert page.strays() == []


@pytest.mark.parametrize("text", ["LH", "37|320"])
def test_on_a_korean_page_straight_strokes_and_unsure_figures_may_be_hangul(
    code: Any, text: str
) -> None:
    found = code.upright.Upright(
        np.full((200, 300, 3), 255, np.uint8), boxes(*column(20, 20, [120, 60])), 0
    )
    page = code.page.Page(found, 1.0)
    page.add(0, code.readers.Reading("과일 가게 부가세", 0.95))
    page.add(1, code.readers.Reading(text, 0.93))
    assert page.strays() == [1]
    page.add(1, code.readers.Reading("Apple", 0.93))
    assert page.strays() == []


@pytest.mark.parametrize("letter", ["A", "L", "7"])
def test_a_latin_letter_alone_is_most_like_an_edge(code: Any, letter: str) -> None:
    assert read_page(code, (letter, 0.95)).text == ""


def read_page(code: Any, *readings: tuple[str, float], quarters: int = 0) -> Any:
    """What comes out of a page whose lines are read so."""
    found = code.upright.Upright(
        np.full((200, 300, 3), 255, np.uint8),
        boxes(*column(20, 20, [120] * len(readings))),
        quarters,
    )
    page = code.page.Page(found, 1.0)
    for line, (text, confidence) in enumerate(readings):
        page.add(line, code.readers.Reading(text, confidence))
    return page.output("", ("en", "ko"))


@pytest.mark.parametrize(
    ("text", "sure"), [("7", 0.98), ("A", 0.98), ("한", 0.9), ("OK", 0.9), ("베그 그 0", 0.9)]
)
def test_a_few_letters_alone_have_to_be_read_surely(code: Any, text: str, sure: float) -> None:
    assert read_page(code, (text, sure)).text == text
    unsure = read_page(code, (text, 0.8), quarters=1)
    assert (unsure.text, unsure.regions, unsure.turned) == ("", [], 0)


def test_an_unsure_line_of_a_page_with_more_letters_stays(code: Any) -> None:
    assert read_page(code, ("Sum", 0.95), ("7", 0.7)).text == "Sum\n7"


def test_strokes_alone_are_no_text(code: Any) -> None:
    assert read_page(code, ("__", 0.95), ("|", 0.9)).text == ""


@pytest.mark.parametrize(
    ("text", "confidence", "hint", "lines"),
    [
        ("是", 0.95, "", [0]),
        ("是", 0.995, "", []),
        ("是", 0.95, "zh", []),
        ("水果水果", 0.95, "", []),
        ("OK", 0.95, "", []),
    ],
)
def test_a_chinese_letter_alone_may_be_hangul(
    code: Any, text: str, confidence: float, hint: str, lines: list[int]
) -> None:
    found = code.upright.Upright(
        np.full((200, 300, 3), 255, np.uint8), boxes(*column(20, 20, [60])), 0
    )
    page = code.page.Page(found, 1.0)
    page.add(0, code.readers.Reading(text, confidence))
    assert page.doubtful_han(hint) == lines
