"""The page of licenses is what the tables say."""

from inference.weights.catalog import read_catalog
from inference.weights.licenses_page import PAGE, page
from inference.weights.table import read_table


def test_the_page_is_up_to_date() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(), "run `python -m inference.weights.licenses_page`"


def test_every_file_has_a_line_with_its_license() -> None:
    lines = page().splitlines()
    added = [file for model in read_catalog().values() for file in model.files]
    for file in (*read_table(), *added):
        assert any(file.notice in line and f" {file.license} " in line for line in lines)
