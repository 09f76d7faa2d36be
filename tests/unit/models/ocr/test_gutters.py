"""Lines that run across a gutter are cut in two; others stay whole."""

from typing import Any

import numpy as np
import pytest

from tests.shipped import code_of
from tests.unit.models.ocr.drawing import HEIGHT, Boxes, box, boxes

ocr = code_of("ocr", "2")
WIDTH, LEADING, LETTER, SPACE = 600, 30, 8, 4
GUTTER = (290, 310)
NARROW = (294, 304)


def page(lines: int, gutters: set[int], gap: tuple[int, int] = GUTTER) -> tuple[Any, Boxes]:
    """Lines of letters, each in one box; those in `gutters` have a gap in the same place."""
    pixels = np.full((LEADING * (lines + 2), WIDTH, 3), 255, np.uint8)
    found = []
    for line in range(lines):
        top = LEADING * (line + 1)
        for left in range(20, WIDTH - 20 - LETTER, LETTER + SPACE):
            if line not in gutters or left + LETTER <= gap[0] or left >= gap[1]:
                pixels[top + 3 : top + 17, left : left + LETTER] = 0
        found.append(box(16, top, WIDTH - 32))
    return pixels, boxes(*found)


def test_lines_across_a_gutter_are_cut_in_two_beside_it() -> None:
    pixels, found = page(6, set(range(6)))
    parts = ocr.gutters.split(pixels, found)
    assert len(parts) == 12
    edges = sorted({round(float(edge)) for part in parts for edge in part[:, 0]})
    assert len(edges) == 4
    assert edges[1] <= GUTTER[0] + SPACE + 2
    assert edges[2] >= GUTTER[1] - SPACE - 2
    assert {round(float(np.ptp(part[:, 1]))) for part in parts} == {HEIGHT}


@pytest.mark.parametrize("gutters", [set(), {2}, {1, 2, 3}])
def test_a_gap_in_a_few_lines_is_no_gutter(gutters: set[int]) -> None:
    pixels, found = page(6, gutters)
    assert len(ocr.gutters.split(pixels, found)) == 6


def test_a_box_that_reaches_through_a_gutter_ends_where_its_letters_do() -> None:
    pixels = np.full((4 * LEADING, WIDTH, 3), 255, np.uint8)
    for left in (*range(20, 250, LETTER + SPACE), *range(310, 560, LETTER + SPACE)):
        pixels[LEADING + 3 : LEADING + 17, left : left + LETTER] = 0
    first, second = box(16, LEADING, 292), box(305, LEADING, 260)
    reaching = ocr.gutters.split(pixels, boxes(first, second))
    assert len(reaching) == 2
    assert 256 <= reaching[0][:, 0].max() <= 264
    assert np.array_equal(reaching[1], second)
    other = box(264, LEADING, 300)
    backwards = ocr.gutters.split(pixels, boxes(box(16, LEADING, 245), other))
    assert 302 <= backwards[1][:, 0].min() <= 310
    assert backwards[0][:, 0].max() == 261
    alone = ocr.gutters.split(pixels[:, :300], boxes(first))
    assert np.array_equal(alone[0], first)


def narrowed(lines: int) -> tuple[Any, Boxes]:
    """Lines whose gap is as wide as the white beside a mark."""
    pixels, found = page(lines, set(range(lines)), NARROW)
    pixels[:, NARROW[0] - 2 : NARROW[0] + 1] = pixels[:, NARROW[0] - 3 : NARROW[0] - 2]
    return pixels, found


def test_four_lines_tell_a_gutter_where_it_is_wider_than_beside_a_mark() -> None:
    assert len(ocr.gutters.split(*page(4, set(range(4)), NARROW))) == 8
    assert len(ocr.gutters.split(*narrowed(4))) == 4
    assert len(ocr.gutters.split(*narrowed(5))) == 10


@pytest.mark.parametrize(("lines", "parts"), [(7, 7), (8, 16)])
def test_spaces_of_a_typewriter_below_each_other_are_no_gutter(lines: int, parts: int) -> None:
    pixels, found = narrowed(lines)
    for line in range(lines):
        top = LEADING * (line + 1)
        # Words of three letters, elsewhere in each line.
        for left in range(32 + 12 * (line % 3), WIDTH - 40, 48):
            if not 250 < left < 330:
                pixels[top : top + LEADING, left : left + LETTER] = 255
    assert len(ocr.gutters.split(pixels, found)) == parts


def test_a_line_whose_neighbors_were_found_apart_is_cut_too() -> None:
    pixels, found = page(7, set(range(7)))
    halves = [
        half
        for line in (0, 1, 2, 4, 5, 6)
        for half in (
            box(16, LEADING * (line + 1), 274),
            box(310, LEADING * (line + 1), 274),
        )
    ]
    whole = found[3].tolist()
    assert len(ocr.gutters.split(pixels, boxes(*halves, whole))) == 14


def test_short_lines_and_no_lines_stay() -> None:
    pixels, _ = page(6, set())
    short = boxes(*(box(16, LEADING * (line + 1), 100) for line in range(6)))
    assert np.array_equal(ocr.gutters.split(pixels, short), short)
    assert len(ocr.gutters.split(pixels, boxes())) == 0
