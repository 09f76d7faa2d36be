"""Which way up a page was found, told by where its lines begin."""

import numpy as np
import pytest

from quality.fonts import installed, missing_for_tests
from quality.orientation import Turned, turned_back, turned_pages
from quality.texts import LANGUAGES


@pytest.mark.slow  # it draws 300 pages
def test_pages_of_every_language_are_turned_every_way_and_there_are_enough() -> None:
    if missing_for_tests() or not all(map(installed, LANGUAGES)):
        pytest.skip(f"fonts are missing: install {' '.join(missing_for_tests())}")
    pages = list(turned_pages("tuning", LANGUAGES))
    assert len(pages) >= 250
    assert {(page.language, turn) for page, turn in pages} == {
        (language, turn) for language in LANGUAGES for turn in (0, 90, 180, 270)
    }
    assert all(len(page.lines) >= 3 for page, _ in pages)


@pytest.mark.parametrize("quarters", range(4))
def test_where_lines_begin_tells_how_far_a_page_was_turned_back(quarters: int) -> None:
    box = np.array([[10, 10], [110, 12], [110, 32], [10, 30]])
    for _ in range(quarters):  # clockwise, on a page of 200 by 200
        box = np.stack((200 - box[:, 1], box[:, 0]), axis=1)
    found = turned_back({"regions": [{"polygon": box.tolist()}]})
    assert Turned("page", "en", "plain", 90 * quarters, found).is_right


def test_a_page_without_lines_is_not_turned() -> None:
    assert turned_back(None) == 0
