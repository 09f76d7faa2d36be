"""Letters that Chinese and Japanese write otherwise."""

from typing import Any

import numpy as np
import pytest

from tests.shipped import code_of
from tests.unit.models.ocr.drawing import boxes, column

ocr = code_of("ocr", "2")


def test_a_japanese_line_is_in_japanese_forms() -> None:
    read = {0: "消费税がかかります", 2: "ビール单価", 3: "值引", 4: "单三電池 4本", 5: "¥1,200"}
    assert ocr.japanese_forms.in_japanese(read) == {
        0: "消費税がかかります",
        2: "ビール単価",
        3: "値引",
        4: "単三電池 4本",
    }


def test_a_chinese_line_beside_japanese_ones_stays() -> None:
    read = {0: "请勿进入", 1: "谢絶", 2: "ビール单価"}
    assert ocr.japanese_forms.in_japanese(read) == {2: "ビール単価"}


def test_a_japanese_line_that_quotes_chinese_stays() -> None:
    assert ocr.japanese_forms.in_japanese({0: "「谢谢」はありがとう"}) == {}


@pytest.mark.parametrize(
    "line",
    ["德田 緣 さま", "森鷗外の小説", "噓と繫がり", "黑澤 寬さん", "瀨川の醬油と麵と麴", "綠と蟬"],
)
def test_old_forms_that_japanese_still_prints_stay(line: str) -> None:
    assert ocr.japanese_forms.in_japanese({0: line}) == {}


def test_each_form_has_one_that_japanese_can_write_and_chinese_cannot() -> None:
    for chinese, japanese in ocr.japanese_forms.FORMS.items():
        assert chr(japanese).encode("shift_jis")
        with pytest.raises(UnicodeEncodeError):
            chr(chinese).encode("shift_jis")


@pytest.mark.parametrize(
    ("hint", "other", "expected"),
    [
        ("", "ありがとう", "値引"),
        ("", "谢谢光临", "值引"),
        ("ja", "1,200", "値引"),
        ("ja", "", "値引"),
    ],
)
def test_only_a_japanese_page_is(hint: str, other: str, expected: str) -> None:
    found = ocr.upright.Upright(
        np.full((100, 100, 3), 255, np.uint8), boxes(*column(10, 10, [80, 80])), 0
    )
    page: Any = ocr.page.Page(found, 1.0)
    for line, text in enumerate(("值引", other)):
        page.add(line, ocr.readers.Reading(text, 0.99))
    assert page.output(hint, ("ja", "zh")).text.split("\n")[0] == expected
