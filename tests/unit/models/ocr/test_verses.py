"""Lines of verses and of names, which have a gap at the same place each, are read across."""

from collections.abc import Sequence

import pytest

from tests.shipped import code_of
from tests.unit.models.ocr.drawing import Boxes, boxes, column

ocr = code_of("ocr", "2")

COMMA = "\N{FULLWIDTH COMMA}"
FIRST = [half + COMMA for half in ("白日依山尽", "欲穷千里目", "床前明月光", "举头望明月")]
SECOND = ["黄河入海流。", "更上一层楼。", "疑是地上霜。", "低头思故乡。"]
NAMES = ["第一名是张伟明", "第二名是李小龙", "第三名是王大力", "第四名是赵云飞"]
POINTS = ["得分九十八分", "得分九十五分", "得分九十一分", "得分八十八分"]


def text(page: Boxes, texts: Sequence[str]) -> list[str]:
    found = ocr.reading_order.blocks(page, texts)
    return ocr.paragraphs.text_of(found, dict(enumerate(texts))).splitlines()  # type: ignore[no-any-return]


@pytest.mark.parametrize("gap", [14, 26])
def test_the_halves_of_verses_are_read_across(gap: float) -> None:
    page = boxes(*column(40, 40, (120,) * 4), *column(160 + gap, 40, (120,) * 4))
    verses = [one + other for one, other in zip(FIRST, SECOND, strict=True)]
    assert text(page, [*FIRST, *SECOND]) == verses
    # Where the marks stand elsewhere they are columns.
    prose = [half[2:] + half[:2] for half in (*FIRST, *SECOND)]
    assert text(page, prose) == prose


def test_names_with_a_wide_space_behind_them_are_read_across() -> None:
    page = boxes(*column(40, 40, (140,) * 4), *column(198, 40, (130,) * 4))
    rows = [f"{name} {points}" for name, points in zip(NAMES, POINTS, strict=True)]
    assert text(page, [*NAMES, *POINTS]) == rows
    # Of prose some have a mark.
    prose = [*NAMES[:3], NAMES[3] + "。", *POINTS]
    assert text(page, prose) == prose
