"""Korean lines and pages with the real networks."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw
from skimage import data

from inference.engine.model import LoadContext, Request, TextOutput
from quality.fonts import installed, missing_for_tests
from quality.pages import Page, make_page
from tests.shipped import MODELS, code_of

pytestmark = pytest.mark.slow
FOLDER = MODELS / "ocr" / "2"


@pytest.fixture(scope="module")
def model() -> Any:
    return code_of("ocr", "2").model.Model(LoadContext(FOLDER, "cpu", threads=2))


def page(language: str, layout: str = "plain", size: int = 24, condition: str = "clean") -> Page:
    if not installed(language):
        pytest.skip(f"fonts are missing: install {' '.join(missing_for_tests())}")
    font = installed(language)[0]
    return make_page(language, layout, font, size, condition=condition, text_set="held_out")


def read(model: Any, pixels: npt.NDArray[np.uint8], hint: str = "") -> TextOutput:
    height, width = pixels.shape[:2]
    request = Request(pixels, width, height, 1.0, {}, hint, lambda *_: None)
    (output,) = model.predict([request])
    assert isinstance(output, TextOutput)
    return output


def test_a_korean_page_is_known_as_one_without_a_hint(model: Any) -> None:
    output = read(model, page("ko_en").pixels)
    assert output.language == "ko"
    assert not output.notes


def test_a_hint_at_korean_handwriting_is_answered_with_a_note(model: Any) -> None:
    output = read(model, page("ko").pixels, "ko-handwritten")
    (note,) = output.notes
    assert note.code == "handwriting_not_supported"
    assert "Korean" in note.message


@pytest.mark.parametrize(("size", "codes"), [(32, ["handwriting_not_supported"]), (16, [])])
def test_hangul_that_one_network_alone_knows_is_told_as_handwriting_where_it_is_large(
    size: int, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_of("ocr", "2")
    monkeypatch.setattr(code.syllables.SyllableReader, "read", lambda *_: [])
    model = code.model.Model(LoadContext(FOLDER, "cpu", threads=2))
    output = read(model, page("ko", size=size).pixels)
    assert [note.code for note in output.notes] == codes


def test_marks_beside_figures_are_neither_lost_nor_made_letters(model: Any) -> None:
    if not installed("ko"):
        pytest.skip(f"fonts are missing: install {' '.join(missing_for_tests())}")
    lines = [
        "오늘은 날씨가 맑습니다",
        "1. 이름을 적어 주세요.",
        "가로 200 \N{MULTIPLICATION SIGN} 세로 230",
        "서울-부산 / 왕복 60,000원",
        "배송비 3,000원 (5만원 이상 무료)",
        "10% 할인 쿠폰!",
    ]
    picture = Image.new("RGB", (620, 400), "white")
    font = installed("ko")[0].at(28)
    for position, line in enumerate(lines):
        ImageDraw.Draw(picture).text((30, 20 + 62 * position), line, font=font, fill="#141414")
    output = read(model, np.asarray(picture))
    assert (output.text or "").splitlines() == lines


@pytest.mark.parametrize("language", ["en", "ja", "zh"])
def test_lines_without_hangul_are_no_korean(language: str) -> None:
    code = code_of("ocr", "2")
    tesseract = code.tesseract.Tesseract(FOLDER)
    pixels = page(language, size=32).pixels[60:120]
    symbols = tesseract.read(code.tesseract.grey(pixels))
    assert code.korean_reading.confidence(symbols, []) < 0.6


def test_lines_in_which_neither_reader_finds_a_letter_are_none_of_text(model: Any) -> None:
    letters = data.text()  # type: ignore[no-untyped-call]
    output = read(model, np.stack([letters] * 3, axis=-1))
    assert [note.code for note in output.notes] == ["script_not_readable"]


def test_what_was_read_before_changes_nothing() -> None:
    code = code_of("ocr", "2")
    tesseract = code.tesseract.Tesseract(FOLDER)
    lines = [code.tesseract.grey(page("ko").pixels[top : top + 41]) for top in range(40, 360, 41)]
    forwards = [tesseract.read(line) for line in lines]
    backwards = [tesseract.read(line) for line in reversed(lines)]
    assert forwards == backwards[::-1]
