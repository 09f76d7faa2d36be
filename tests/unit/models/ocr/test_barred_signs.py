"""Signs with a stroke or a ring more than what they are taken for, drawn here."""

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.shipped import code_of

ocr = code_of("ocr", "2")
Places = list[tuple[str, int]]
W = [((10, 8), (16, 44)), ((16, 44), (25, 14)), ((25, 14), (34, 44)), ((34, 44), (40, 8))]
BAR = [((6, 26), (44, 26))]
STROKE = [((12, 44), (38, 8))]


def drawn(strokes: Any, rings: Any = (), text: str = "", left: int = 60) -> Any:
    image = Image.new("RGB", (150, 52), "white")
    draw = ImageDraw.Draw(image)
    for stroke in strokes:
        draw.line(stroke, "black", 3)
    for x, y in rings:
        draw.ellipse((x - 6, y - 7, x + 6, y + 7), outline="black", width=3)
    draw.text((left, 4), text, font=ImageFont.load_default(38), fill="black")
    return np.asarray(image, np.uint8)


def read(line: Any, places: Places) -> str:
    letters = [ocr.recogniser.Letter(text, 0.99, place / 150) for text, place in places]
    found = ocr.barred_signs.with_barred_signs(line, letters)
    return "".join(one.text for one in found)


@pytest.mark.parametrize(("bars", "expected"), [(BAR, "\u20a99"), ([], "W9")])
def test_a_w_with_a_bar_before_a_figure_is_the_won_sign(bars: Any, expected: str) -> None:
    line = drawn([*W, *bars], text="9")
    assert read(line, [("W", 25), ("9", 70)]) == expected


def test_a_w_before_letters_is_not_looked_at() -> None:
    assert read(drawn([*W, *BAR], text="e"), [("W", 25), ("e", 70)]) == "We"


@pytest.mark.parametrize(
    ("rings", "expected"),
    [([(12, 15), (36, 37), (50, 37)], "5\u2030"), ([(12, 15), (36, 37)], "5%")],
)
def test_a_percent_sign_with_a_second_ring_below_is_per_mille(rings: Any, expected: str) -> None:
    line = np.concatenate([drawn([], text="5", left=6)[:, :40], drawn(STROKE, rings)[:, :110]], 1)
    assert read(line, [("5", 16), ("%", 64)]) == expected


@pytest.mark.parametrize("ring", ["o", "0"])
def test_a_percent_sign_with_a_ring_behind_it_is_per_mille(ring: str) -> None:
    assert read(drawn([], text="5"), [("5", 70), ("%", 90), (ring, 110)]) == "5\u2030"
    assert read(drawn([], text="5"), [("5", 70), ("%", 90), ("o", 110), ("n", 130)]) == "5%on"
