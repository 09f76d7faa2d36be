"""Numbers of two figures in a circle, drawn here."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.shipped import code_of

ocr = code_of("ocr", "2")


class Inside:
    """Reads what stands in the rings, and tells how many there were."""

    def __init__(self, text: str, confidence: float = 0.99) -> None:
        self._letters = [ocr.recogniser.Letter(one, confidence, 0.5) for one in text]
        self.asked = 0

    def read(self, lines: Sequence[Any]) -> list[Any]:
        self.asked += len(lines)
        return [ocr.recogniser.Spelling(self._letters) for _ in lines]


def drawn(outline: str = "ellipse", width: int = 38) -> Any:
    """Twelve in an outline, and a word."""
    image = Image.new("RGB", (160, 52), "white")
    draw = ImageDraw.Draw(image)
    getattr(draw, outline)((8, 7, 8 + width, 45), outline="black", width=2)
    draw.text((17, 13), "12", font=ImageFont.load_default(20), fill="black")
    draw.text((70, 5), "bolt", font=ImageFont.load_default(36), fill="black")
    return np.asarray(image, np.uint8)


def read(line: Any, inside: Inside, *letters: tuple[str, int]) -> str:
    given = [ocr.recogniser.Letter(text, 0.99, place / 160) for text, place in letters]
    found = ocr.circled_numbers.with_circled_numbers(inside, line, given)
    return "".join(one.text for one in found)


WORD = ((" ", 58), ("b", 78), ("o", 98), ("l", 112), ("t", 122))


@pytest.mark.parametrize("letters", [[("②", 30)], [("1", 22), ("2", 32)], [("①", 16), ("2", 50)]])
def test_a_number_in_a_ring_takes_the_place_of_what_was_read(
    letters: list[tuple[str, int]],
) -> None:
    assert read(drawn(), Inside("12"), *letters, *WORD) == "⑫ bolt"


@pytest.mark.parametrize("text", ["2", "21", "R", "o", ""])
def test_what_is_no_number_from_10_to_20_stays(text: str) -> None:
    assert read(drawn(), Inside(text), ("②", 30), *WORD) == "② bolt"


def test_what_is_not_surely_read_stays() -> None:
    assert read(drawn(), Inside("12", 0.7), ("②", 30), *WORD) == "② bolt"


@pytest.mark.parametrize("line", [drawn("rectangle"), drawn(width=54)], ids=["a box", "an oval"])
def test_another_outline_is_no_ring(line: Any) -> None:
    assert read(line, Inside("12"), ("1", 22), ("2", 32), *WORD) == "12 bolt"


def test_rings_are_not_looked_for_among_letters() -> None:
    inside = Inside("12")
    assert read(drawn(), inside, *WORD) == " bolt"
    assert inside.asked == 0
