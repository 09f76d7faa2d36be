"""The minus before an amount, which is read too often or not at all."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.shipped import code_of

ocr = code_of("ocr", "2")
Stroke = tuple[int, int, int, int]
MINUS: Stroke = (14, 27, 24, 29)


def read(text: str, *strokes: Stroke) -> str:
    """What an amount of four figures is read as that was read as a text."""
    image = Image.new("RGB", (150, 52), "white")
    draw = ImageDraw.Draw(image)
    draw.text((40, 6), "3580", font=ImageFont.load_default(38), fill="black")
    for stroke in strokes:
        draw.rectangle(stroke, fill="black")
    letters = [
        ocr.recogniser.Letter(one, 0.99, (50 + 20 * at) / 150) for at, one in enumerate(text)
    ]
    found = ocr.minus.with_minus(np.asarray(image, np.uint8), letters)
    return "".join(one.text for one in found)


@pytest.mark.parametrize("text", ["3580", "--3580", "-3580"])
def test_one_stroke_before_figures_is_one_minus(text: str) -> None:
    assert read(text, MINUS) == "-3580"


@pytest.mark.parametrize(
    "strokes",
    [
        (),
        [(0, 27, 10, 29)],
        [(14, 46, 24, 48)],
        [(14, 27, 24, 29), (18, 33, 24, 44)],
        [(14, 8, 16, 42)],
        [(12, 27, 20, 29), (25, 27, 33, 29)],
    ],
    ids=["none", "the end of something", "below", "a part of a figure", "upright", "a leader"],
)
def test_nothing_is_no_minus_and_neither_is_another_stroke(strokes: list[Stroke]) -> None:
    assert read("3580", *strokes) == "3580"


def test_what_is_no_amount_is_not_looked_at() -> None:
    assert read("358O", MINUS) == "358O"
