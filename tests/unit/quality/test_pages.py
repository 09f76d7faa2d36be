"""Pages are drawn as their text says, and the same in every run."""

import numpy as np
import pytest

from quality import textless
from quality.conditions import CONDITIONS
from quality.fonts import installed, missing_for_tests
from quality.pages import LAYOUTS, Page, make_page
from quality.scripts import UNKNOWN, pages
from quality.texts import LANGUAGES, RECEIPT_LANGUAGES, TEXT_SETS, foreign, receipt, sentences


def page(layout: str, condition: str = "clean") -> Page:
    if not installed("en"):
        pytest.skip(f"fonts are missing: install {' '.join(missing_for_tests())}")
    font = installed("en")[0]
    return make_page("en", layout, font, 24, condition=condition, text_set="tuning")


def test_no_sentence_is_in_both_sets() -> None:
    for language in LANGUAGES:
        held_out, tuning = (set(sentences(language, name)) for name in TEXT_SETS)
        assert len(held_out) >= 12
        assert len(tuning) >= 12
        assert not held_out & tuning


def test_no_sentence_of_a_further_language_is_in_both_sets() -> None:
    held_out, tuning = (foreign(name) for name in TEXT_SETS)
    assert held_out.keys() == tuning.keys()
    for language, lines in held_out.items():
        assert lines
        assert not set(lines) & set(tuning[language])


def test_pages_of_scripts_have_one_to_six_lines() -> None:
    if not installed("en"):
        pytest.skip(f"fonts are missing: install {' '.join(missing_for_tests())}")
    found = list(pages("tuning"))
    counts = [len(page.lines) for page in found if page.layout == "signs"]
    assert set(counts) == {1, 2, 3, 4, 5, 6}
    assert {page.language for page in found} >= UNKNOWN
    mixed = [page for page in found if page.layout == "one line among English"]
    assert {page.language for page in mixed} == UNKNOWN


def test_pictures_without_text_have_none_and_words_are_their_own() -> None:
    if not installed("en"):
        pytest.skip(f"fonts are missing: install {' '.join(missing_for_tests())}")
    empty = list(textless.pictures("tuning"))
    assert len({page.name for page in empty}) == len(empty) >= 50
    assert not any(page.lines for page in empty)
    tuning, held_out = ({page.lines[0] for page in textless.words(one)} for one in TEXT_SETS)
    assert tuning
    assert held_out
    assert not tuning & held_out


def test_a_receipt_adds_up() -> None:
    for language in RECEIPT_LANGUAGES:
        for text_set in TEXT_SETS:
            rows = [row for row in receipt(language, text_set) if len(row) == 2]
            amounts = [float(row[1].replace(",", "")) for row in rows]
            *items, subtotal, tax, total = amounts
            assert sum(items) == pytest.approx(subtotal)
            assert subtotal + tax == pytest.approx(total)


@pytest.mark.parametrize("layout", [*LAYOUTS, "receipt"])
def test_a_layout_keeps_its_text_on_the_page(layout: str) -> None:
    drawn = page(layout)
    dark = drawn.pixels.min(axis=2) < 128
    assert dark.any()
    for edge in (dark[:4], dark[-4:], dark[:, :4], dark[:, -4:]):
        assert not edge.any()


def test_the_same_page_is_the_same_again() -> None:
    assert np.array_equal(page("plain", "noise").pixels, page("plain", "noise").pixels)


def test_a_page_says_by_how_much_it_is_turned() -> None:
    assert page("plain").turn == 0
    assert page("plain", "turned-270").turn == 270


def test_a_turned_page_is_turned_clockwise() -> None:
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels[0, 0] = 255
    turned = CONDITIONS["turned-90"](pixels, np.random.default_rng(0))
    assert turned.shape == (3, 2, 3)
    assert turned[0, 1].tolist() == [255, 255, 255]
