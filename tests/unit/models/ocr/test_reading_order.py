"""The order in which the text reader reads lines, over boxes of pages of many kinds."""

from collections.abc import Sequence

import numpy as np
import pytest

from tests.shipped import code_of
from tests.unit.models.ocr.drawing import Boxes, box, boxes, column, tilted

ocr = code_of("ocr", "2")

PROSE = (280, 300, 260, 290, 300, 270)


def order(page: Boxes, texts: list[str] | None = None) -> list[list[int]]:
    """Rows of line numbers as they are read, whatever order the detector gave."""
    shuffled = np.random.default_rng(5).permutation(len(page))
    shuffled_texts = [texts[index] for index in shuffled] if texts else None
    found = ocr.reading_order.blocks(page[shuffled], shuffled_texts)
    return [[int(shuffled[line]) for line in row] for block in found for row in block.rows]


def one_by_one(count: int, first: int = 0) -> list[list[int]]:
    return [[line] for line in range(first, first + count)]


@pytest.mark.parametrize("degrees", [-15, -4, 0, 4, 8, 15])
def test_one_column_is_read_from_the_top(degrees: float) -> None:
    page = tilted(boxes(*column(40, 40, PROSE)), degrees)
    assert order(page) == one_by_one(6)


@pytest.mark.parametrize("degrees", [-8, 0, 8, 15])
@pytest.mark.parametrize("offset", [0, 7, 15])
def test_two_columns_are_read_one_after_the_other(degrees: float, offset: float) -> None:
    page = boxes(*column(40, 40, PROSE), *column(370, 40 + offset, PROSE))
    assert order(tilted(page, degrees)) == one_by_one(12)


def test_three_columns_are_read_one_after_the_other() -> None:
    lines = [line for left in (40, 370, 700) for line in column(left, 40, PROSE)]
    assert order(boxes(*lines)) == one_by_one(18)


def test_columns_whose_paragraphs_end_with_short_lines_are_not_read_across() -> None:
    widths = (290, 70, 300, 60, 295, 80, 300)
    lines = [line for left in (40, 380, 720) for line in column(left, 40, widths)]
    assert order(boxes(*lines)) == one_by_one(21)


def test_columns_close_to_each_other_are_told_apart_where_they_are_long() -> None:
    page = boxes(*column(40, 40, (300,) * 8), *column(352, 40, (300,) * 8))
    assert order(page) == one_by_one(16)


def test_a_heading_across_comes_before_its_columns_and_parts_them() -> None:
    page = boxes(
        box(40, 20, 500, 34),
        *column(40, 80, PROSE),
        *column(370, 80, PROSE),
        box(40, 290, 480, 34),
        *column(40, 350, PROSE),
        *column(370, 350, PROSE),
    )
    assert order(page) == one_by_one(26)


def test_columns_of_different_length_are_read_one_after_the_other() -> None:
    page = boxes(*column(40, 40, PROSE), *column(370, 40, PROSE[:2]), box(40, 300, 620))
    assert order(page) == one_by_one(9)


def test_text_across_below_columns_comes_last() -> None:
    page = boxes(*column(40, 40, PROSE), *column(370, 40, PROSE), *column(40, 240, (600, 620, 590)))
    assert order(page) == one_by_one(15)


def receipt(prices: int) -> list[list[list[float]]]:
    names = [150, 180, 230, 280, 210, 150, 140, 100][:prices]
    lines = []
    for index, name in enumerate(names):
        lines += [box(60, 100 + 60 * index, name, 40), box(480, 100 + 60 * index, 85, 40)]
    return lines


@pytest.mark.parametrize("degrees", [-12, -8, -4, 0, 4, 8, 12])
def test_a_receipt_keeps_each_price_beside_its_item(degrees: float) -> None:
    page = tilted(boxes(*receipt(8)), degrees)
    assert order(page) == [[2 * row, 2 * row + 1] for row in range(8)]


def test_a_table_is_read_row_by_row() -> None:
    cells = [box(left, 40 + 30 * row, width) for row in range(5) for left, width in TABLE]
    assert order(boxes(*cells)) == [[4 * row + cell for cell in range(4)] for row in range(5)]


TABLE = ((40, 30), (120, 90), (300, 60), (420, 70))


def loose(left: float, widths: tuple[float, ...]) -> list[list[list[float]]]:
    return [box(left, 40 + 42 * index, width) for index, width in enumerate(widths)]


def test_a_timetable_of_words_is_read_row_by_row() -> None:
    words = loose(160, (210, 200, 190, 220)), loose(450, (140, 130, 145, 90))
    page = boxes(*loose(40, (70, 75, 110, 85)), *words[0], *words[1])
    assert order(page) == [[row, 4 + row, 8 + row] for row in range(4)]


def test_two_addresses_side_by_side_are_read_one_after_the_other() -> None:
    page = boxes(
        *column(40, 40, (70, 150, 140, 150)),
        *column(440, 40, (80, 110, 160, 170)),
        *(
            cell
            for row in range(3)
            for cell in (box(40, 260 + 34 * row, 150), box(440, 260 + 34 * row, 60))
        ),
    )
    assert order(page) == [*one_by_one(8), [8, 9], [10, 11], [12, 13]]


def test_figures_stay_in_their_rows_however_wide_they_are() -> None:
    page = boxes(*column(40, 40, (200, 230, 210, 220)), *column(300, 40, (160, 170, 165, 160)))
    texts = ["Opening balance"] * 4 + ["1,284,500.00 EUR", "12 345 678.90", "99 999.00", "4.00 EUR"]
    assert order(page, texts) == [[0, 4], [1, 5], [2, 6], [3, 7]]


def test_labels_stay_beside_what_they_label() -> None:
    page = boxes(*column(40, 40, (150, 140, 150, 145)), *column(220, 40, (260, 270, 250, 255)))
    texts = ["Given name:", "Last name:", "Date of issue:", "Place of birth:", *["Anna Maria"] * 4]
    assert order(page, texts) == [[0, 4], [1, 5], [2, 6], [3, 7]]


def test_a_caption_beside_a_picture_comes_before_the_text_below() -> None:
    page = boxes(*column(300, 40, (250, 240, 200)), *column(40, 260, (500, 510, 480, 300)))
    assert order(page) == one_by_one(7)


def test_text_left_and_right_of_a_picture_is_read_side_by_side() -> None:
    page = boxes(*column(40, 40, PROSE), *column(700, 40, PROSE))
    assert order(page) == one_by_one(12)


def test_pieces_of_one_line_are_joined_from_the_left() -> None:
    page = boxes(box(40, 40, 100), box(150, 41, 90), box(252, 39, 120), *column(40, 70, (330, 320)))
    assert order(page) == [[0, 1, 2], [3], [4]]


def test_vertical_lines_are_read_from_the_right() -> None:
    page = boxes(box(300, 40, 30, 420), box(240, 40, 30, 400), box(180, 40, 30, 410))
    assert order(page) == one_by_one(3)


def test_vertical_columns_above_each_other_are_read_from_the_upper_one() -> None:
    upper = [box(300 - 45 * index, 40, 30, 300) for index in range(4)]
    lower = [box(300 - 45 * index, 400, 30, 300) for index in range(4)]
    assert order(boxes(*upper, *lower)) == one_by_one(8)


def test_small_print_beside_large_figures_is_not_torn_apart() -> None:
    page = boxes(box(40, 40, 200, 80), box(250, 40, 90, 30), *column(40, 160, (300, 280)))
    assert [row[0] for row in order(page)] == [0, 1, 2, 3]


def test_a_page_without_lines_has_no_order() -> None:
    assert order(boxes()) == []


@pytest.mark.parametrize("seed", range(30))
def test_every_line_comes_exactly_once_whatever_the_page_looks_like(seed: int) -> None:
    random = np.random.default_rng(seed)
    page = boxes(
        *(
            box(*random.uniform((0, 0, 5, 5), (900, 900, 400, 60)).tolist())
            for _ in range(random.integers(1, 60))
        )
    )
    read = [line for row in order(tilted(page, random.uniform(-20, 20))) for line in row]
    assert sorted(read) == list(range(len(page)))


def test_a_conversation_told_left_and_right_is_read_from_the_top() -> None:
    page = boxes(
        box(40, 40, 160), box(380, 84, 220), box(40, 128, 260), box(540, 172, 60), box(40, 216, 150)
    )
    assert order(page) == one_by_one(5)


def menu(things: Sequence[str], widths: Sequence[float]) -> tuple[Boxes, list[str]]:
    """A heading over two lists, each with a heading, things on the left and prices on the right."""
    lefts = (40, 300, 400, 660)
    cells = [
        box(left, 120 + 30 * row, width)
        for row in range(3)
        for left, width in zip(lefts, widths, strict=True)
    ]
    page = boxes(box(290, 20, 180), box(40, 80, 90), box(400, 80, 70), *cells)
    return page, [
        "THE OLD MILL",
        "Starters",
        "Mains",
        *(thing.format(row) for row in range(3) for thing in things),
    ]


def test_two_price_lists_side_by_side_are_read_one_after_the_other_below_their_heading() -> None:
    page, texts = menu(("Soup {}", "{}.50", "Roast {}", "1{}.90"), (110, 50, 120, 60))
    left = [[3 + 4 * row, 4 + 4 * row] for row in range(3)]
    right = [[5 + 4 * row, 6 + 4 * row] for row in range(3)]
    assert order(page, texts) == [[0], [1], *left, [2], *right]


def test_a_table_with_a_measure_between_two_amounts_is_read_row_by_row() -> None:
    page, texts = menu(("Apples {}", "{}.50", "kg", "1{}.90"), (110, 50, 22, 60))
    rows = [[3 + 4 * row + cell for cell in range(4)] for row in range(3)]
    assert order(page, texts)[-3:] == rows


@pytest.mark.parametrize(("gap", "lines"), [(16, 4), (10, 5)])
def test_columns_beside_a_narrow_gutter_are_told_by_four_lines(gap: float, lines: int) -> None:
    page = boxes(*column(40, 40, (240,) * lines), *column(280 + gap, 40, (240,) * lines))
    assert order(page) == one_by_one(2 * lines)
    fewer = boxes(
        *column(40, 40, (240,) * (lines - 1)), *column(280 + gap, 40, (240,) * (lines - 1))
    )
    assert order(fewer) == [[row, lines - 1 + row] for row in range(lines - 1)]
