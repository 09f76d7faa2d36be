"""Small letters of lines that run down are found, and nothing else changes in them."""

import numpy as np
import pytest

from inference.engine.model import Pixels
from tests.shipped import code_of

ocr = code_of("ocr", "2")
WIDE = 60


@pytest.mark.parametrize(
    ("text", "other", "merged"),
    [
        ("終わたらまた", "終わったらまた", "終わったらまた"),
        ("開きます", "開きます。", "開きます。"),
        ("午前9時に開きます", "午前けに囲至ます。", "午前9時に開きます。"),
        ("作た", "í作った。", "作った。"),
        ("会議です", "会議一です", "会議です"),
        ("待った。", "待", "待った。"),
        ("です", "", "です"),
    ],
)
def test_only_small_letters_are_put_in(text: str, other: str, merged: str) -> None:
    assert ocr.stacked.with_small(text, other) == merged


def lying(middles: tuple[int, ...]) -> Pixels:
    """Squares of 20 pixels below each other, as a line that was turned to lie."""
    column = np.full((middles[-1] + 16, WIDE, 3), 255, np.uint8)
    for at, middle in enumerate(middles):
        column[middle - 10 : middle + 10, 20:40] = 40 * at
    return np.ascontiguousarray(np.rot90(column))


@pytest.mark.parametrize("middles", [(14, 35, 56, 77), (14, 37, 58, 80)])
def test_letters_stand_beside_each_other_upright(middles: tuple[int, ...]) -> None:
    row = ocr.stacked.side_by_side(lying(middles))
    assert row.shape[1] == WIDE * len(middles)
    cells = [row[:, WIDE * at : WIDE * (at + 1), 0] for at in range(len(middles))]
    shades = [sorted(set(cell.ravel().tolist())) for cell in cells]
    assert shades == [[40 * at, 255] for at in range(len(middles))]


class SmallReader:
    """Reads what stands beside each other with its small letter."""

    languages = ("ja",)

    def read(self, lines: list[Pixels]) -> list[object]:
        """One reading for each."""
        return [ocr.readers.Reading("待った", 0.9) for _ in lines]


def test_lines_with_kana_alone_are_looked_at_again() -> None:
    lines = [lying((14, 35)), lying((14, 35)), lying((14, 35))]
    readings = [
        ocr.readers.Reading("待た", 0.8, unread=0.2),
        ocr.readers.Reading("出口", 0.9),
        ocr.readers.Reading("り", 0.9),
    ]
    small, *others = ocr.stacked.read_small(SmallReader(), lines, readings)
    assert small == ocr.readers.Reading("待った", 0.9)
    assert others == readings[1:]
