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


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("17.800원", "17,800원"),
        ("21, 900원", "21,900원"),
        ("1.234.500원에", "1,234,500원에"),
        ("3.5원", "3.5원"),
        ("17.800", "17.800"),
        ("₩16.010 4개", "₩16,010 4개"),
        ("₩16.0105", "₩16.0105"),
    ],
)
def test_won_have_no_fractions(read: str, meant: str) -> None:
    assert ocr.won.with_won({0: read}) == {0: meant}


def test_amounts_alone_are_looked_at_again_where_others_have_the_syllable() -> None:
    read = {0: "두부", 1: "8,200원", 2: "12,800", 3: "2026", 4: "-1,500", 5: "031-987-6540"}
    assert ocr.won.bare_amounts(read) == [2, 4]
    assert ocr.won.bare_amounts({2: "12,800", 3: "1,500"}) == []


@pytest.mark.parametrize(
    ("figures", "others", "amount"),
    [
        ("8,200", "8,200원", "8,200원"),
        ("2,000", "2.,000원", "2,000원"),
        ("900", "900원", "900원"),
        ("8,200", "6,200원", ""),
        ("8,200", "8,200윈", ""),
        ("AA 8,200", "8,200원", ""),
        ("", "원", ""),
    ],
)
def test_an_amount_has_the_figures_of_both_readers_and_the_syllable_of_one(
    figures: str, others: str, amount: str
) -> None:
    symbols = [ocr.tesseract.Symbol(letter, 0.9, 0, 1, spaced=False) for letter in others]
    assert ocr.won.amount(figures, symbols) == amount


@pytest.mark.parametrize(
    ("figures", "others", "last", "amount"),
    [
        ("8,200", "8.200훨", "춴", "8,200원"),
        ("-670", "-670훨", "춴", "-670원"),
        ("8,200", "8,200훨", "개", ""),
        ("8,200", "8,2003", "춴", ""),
        ("8,200", "8,500훨", "춴", ""),
        ("8", "8훨", "춴", ""),
        ("8,200", "", "춴", ""),
    ],
)
def test_a_syllable_that_two_disagree_on_and_that_rhymes_is_won(
    figures: str, others: str, last: str, amount: str
) -> None:
    symbols = [ocr.tesseract.Symbol(letter, 0.9, 0, 1, spaced=False) for letter in others]
    assert ocr.won.amount(figures, symbols, last) == amount


def test_a_syllable_that_two_agree_on_is_what_is_counted() -> None:
    symbols = [
        ocr.tesseract.Symbol(letter, 0.9, 0, 1, spaced=False, is_confirmed=True)
        for letter in "1,200권"
    ]
    assert ocr.won.amount("1,200", symbols, "권") == ""
