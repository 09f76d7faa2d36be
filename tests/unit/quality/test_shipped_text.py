"""The shipped text model reads a page of each language as well as its card says: the short form."""

import pytest

from quality.fonts import missing_for_tests
from quality.pages import few_pages
from quality.reading import Reading, newest_version, reader, readings

pytestmark = pytest.mark.slow
LIMITS = {"en": 0.02, "ja": 0.02, "zh": 0.02, "ko": 0.03, "ko_en": 0.05}
"""The highest character error rate of each language that the model reads."""


@pytest.fixture(scope="module")
def read() -> list[Reading]:
    if packages := missing_for_tests():
        pytest.skip(f"fonts are missing: install {' '.join(packages)}")
    pages = [page for page in few_pages("held_out") if page.language in LIMITS]
    return [reading for _, reading in readings(reader("ocr", newest_version("ocr")), pages)]


@pytest.mark.parametrize("language", LIMITS)
def test_a_page_is_read(read: list[Reading], language: str) -> None:
    rates = {reading.page: reading.cer for reading in read if reading.language == language}
    assert rates
    assert max(rates.values()) <= LIMITS[language]


def test_every_amount_of_a_tilted_receipt_is_right(read: list[Reading]) -> None:
    (receipt,) = [reading for reading in read if reading.amounts]
    assert receipt.amounts_right == receipt.amounts
