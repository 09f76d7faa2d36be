"""Pages of PDF files are drawn in the size that was told of them, or called unreadable."""

import contextlib

import pytest

from inference.engine.child import pdf_page
from inference.engine.child.decode import decode
from inference.engine.errors import UnreadableImage
from tests.image_files import mutant
from tests.pdf_files import document, packed
from tests.unit.engine.decoding import LIMITS

SHEET = b"/MediaBox [0 0 72 36]"
MUTANTS = 300


def test_each_page_is_drawn_upright_on_white() -> None:
    half = b"1 0 0 rg 0 0 36 36 re f"
    body = document(SHEET, SHEET + b" /Rotate 90", drawing=half)
    first = decode(body, LIMITS)
    assert (first.width, first.height) == (200, 100)
    assert first.pixels[50, 20].tolist() == [255, 0, 0]
    assert first.pixels[50, 180].tolist() == [255, 255, 255]
    second = decode(body, LIMITS, page=2)
    assert second.pixels.shape == (200, 100, 3)
    assert second.pixels[20, 50].tolist() == [255, 0, 0]
    with pytest.raises(UnreadableImage, match="no page 3"):
        decode(body, LIMITS, page=3)


def test_a_page_of_a_compressed_document_is_drawn() -> None:
    assert decode(packed([SHEET]), LIMITS).pixels.shape == (100, 200, 3)


def test_a_page_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_page, "SECONDS", -1.0)
    many = b"0 0 9 9 re f " * 100_000
    with pytest.raises(UnreadableImage, match="PDF file is damaged"):
        decode(document(SHEET, drawing=many), LIMITS)


def test_a_mutant_of_a_document_is_drawn_or_called_unreadable() -> None:
    whole = [document(SHEET, SHEET), packed([SHEET])]
    for number in range(MUTANTS):
        with contextlib.suppress(UnreadableImage):
            decode(b"%PDF-" + mutant(whole[number % 2])[5:], LIMITS)
