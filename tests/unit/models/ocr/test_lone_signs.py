"""Signs of currencies that the detector leaves out, a space away from their figures."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tests.shipped import code_of
from tests.unit.models.ocr.drawing import box, boxes

ocr = code_of("ocr", "2")
PAGE = np.full((80, 300, 3), 255, np.uint8)


class Reader:
    """Reads everything as one text, and tells how wide it was."""

    def __init__(self, text: str, confidence: float = 0.99) -> None:
        self._reading = ocr.readers.Reading(text, confidence)
        self.widths: list[int] = []

    def read(self, lines: Sequence[Any]) -> list[Any]:
        self.widths += [line.shape[1] for line in lines]
        return [self._reading for _ in lines]


def read(reader: Reader, page: Any, text: str = "-39,03") -> str:
    """The first box's text."""
    readings = {0: ocr.readers.Reading(text, 0.99)}
    found = ocr.lone_signs.read_signs(reader, PAGE, page, readings)
    return found[0].text if found else text


def test_bare_amounts_are_told_where_others_have_a_sign_a_space_away() -> None:
    page = {0: "Total", 1: "39,03", 2: "-6,74 €", 3: "12", 4: "Bread 2,40", 5: "-1.950,00"}
    assert ocr.lone_signs.bare_amounts(page) == [1, 5]
    assert ocr.lone_signs.bare_amounts(page | {2: "$ 6.74"}) == [1, 5]
    assert ocr.lone_signs.bare_amounts(page | {2: "6,74€"}) == []


def test_an_amount_with_its_sign_is_read_in_a_wider_box() -> None:
    reader = Reader("-39,03 €")
    assert read(reader, boxes(box(100, 20, 80))) == "-39,03 €"
    assert reader.widths == [80 + 2 * 24]


@pytest.mark.parametrize("text", ["-39,08 €", "39,03 €", "-39,03", "-39,03 € b", "2 -39,03"])
def test_nothing_but_a_sign_of_a_currency_is_added(text: str) -> None:
    assert read(Reader(text), boxes(box(100, 20, 80))) == "-39,03"


def test_what_is_not_sure_is_not_added() -> None:
    assert read(Reader("-39,03 €", 0.8), boxes(box(100, 20, 80))) == "-39,03"


def test_another_line_beside_it_is_left_out() -> None:
    reader = Reader("-39,03 €")
    read(reader, boxes(box(100, 20, 80), box(10, 20, 80), box(100, 50, 120)))
    assert reader.widths == [80 + 24]
