"""Amounts in won keep their sign."""

import pytest

from tests.shipped import code_of

ocr = code_of("ocr", "2")


def test_on_a_page_with_grouped_amounts_every_w_before_figures_is_the_sign() -> None:
    read = {0: "샴푸 W25,280", 3: "식용유 900ml W440", 5: "할인 -W1,500", 6: "합계 (W1,234,500)"}
    assert ocr.won.with_won(read) == {
        0: "샴푸 ₩25,280",
        3: "식용유 900ml ₩440",
        5: "할인 -₩1,500",
        6: "합계 (₩1,234,500)",
    }


@pytest.mark.parametrize("text", ["Beam W12 and W440", "BMW1,200", "W12,34", "W1,2345", "W40x20"])
def test_other_letters_stay(text: str) -> None:
    assert ocr.won.with_won({0: text}) == {0: text}


def test_a_name_beside_amounts_stays() -> None:
    assert ocr.won.with_won({0: "W40x20 W1,200"}) == {0: "W40x20 ₩1,200"}
