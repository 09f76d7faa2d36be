"""Signs, units, dots and struck-out prices in Korean lines, with the real networks."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from inference.engine.model import LoadContext, Request, TextOutput
from quality.fonts import installed, missing_for_tests
from tests.shipped import MODELS, code_of

pytestmark = pytest.mark.slow
INK = "#141414"


@pytest.fixture(scope="module")
def model() -> Any:
    return code_of("ocr", "2").model.Model(LoadContext(MODELS / "ocr" / "2", "cpu", threads=2))


def page(
    lines: Sequence[str], struck: str = "", size: int = 26, language: str = "ko"
) -> npt.NDArray[np.uint8]:
    """Lines in a font; what is struck has a stroke through it, as a browser draws it."""
    if not installed(language):
        pytest.skip(f"fonts are missing: install {' '.join(missing_for_tests())}")
    font = installed(language)[0].at(size)
    picture = Image.new("RGB", (700, 62 * len(lines) + 40), "white")
    draw = ImageDraw.Draw(picture)
    for position, line in enumerate(lines):
        top = 20 + 62 * position
        draw.text((30, top), line, font=font, fill=INK)
        if struck and struck in line:
            first = 30 + font.getlength(line[: line.index(struck)])
            middle = top + round(0.62 * size)
            draw.line((first, middle, first + font.getlength(struck), middle), INK, 2)
    return np.asarray(picture)


def read(model: Any, pixels: npt.NDArray[np.uint8]) -> TextOutput:
    height, width = pixels.shape[:2]
    request = Request(pixels, width, height, 1.0, {}, "", lambda *_: None)
    (output,) = model.predict([request])
    assert isinstance(output, TextOutput)
    return output


def test_signs_that_tesseract_lacks_are_neither_lost_nor_made_letters(model: Any) -> None:
    lines = [
        "현재 기온 23℃, 습도 45%",
        "작동 온도 0~40℃",
        "항공권 €650 (왕복)",
        "© 2024 나래전자",
        "화면 밝기 ±5%",
    ]
    assert (read(model, page(lines)).text or "").splitlines() == lines


def test_an_exponent_is_read_also_where_it_is_of_one_sign_with_its_unit(model: Any) -> None:
    output = read(model, page(["전용 면적 84㎡ (약 25평)", "이번 달 사용량 46㎥"]))
    assert (output.text or "").splitlines() == ["전용 면적 84m² (약 25평)", "이번 달 사용량 46m³"]


@pytest.mark.parametrize(
    ("language", "line", "read_as"),
    [
        ("ja", "面積84㎡、駅から徒歩5分", "面積84m²、駅から徒歩5分"),
        ("zh", "客厅面积24㎡", "客厅面积24m²"),
    ],
)
def test_an_exponent_is_not_lost_in_other_languages(
    model: Any, language: str, line: str, read_as: str
) -> None:
    assert read(model, page([line], language=language)).text == read_as


def test_dots_in_the_middle_of_a_line_are_told_from_bullets_colons_and_dashes(model: Any) -> None:
    lines = ["콜라·사이다 두 병", "무료 배송 · 당일 출고", "실내·실외", "• 소금 약간 • 설탕 조금"]
    assert (read(model, page(lines)).text or "").splitlines() == lines


def test_figures_that_stand_apart_are_all_kept(model: Any) -> None:
    lines = ["내장탕 11,000원", "공급 면적 112.5평", "문서 2024-15호"]
    assert (read(model, page(lines, size=22)).text or "").splitlines() == lines


def test_a_syllable_that_looks_like_two_letters_is_one_on_a_korean_page(model: Any) -> None:
    lines = ["오늘은 날씨가 맑습니다", "내", "문의: 02-345-6789 (내선 3번)"]
    assert (read(model, page(lines)).text or "").splitlines() == lines


def test_a_price_that_is_struck_out_keeps_its_figures_and_its_won(model: Any) -> None:
    lines = ["여름 정기 세일", "25,000원 19,900원", "쿠폰 적용 시 9,900원 7,900원"]
    for struck in ("25,000원", "9,900원"):
        assert (read(model, page(lines, struck)).text or "").splitlines() == lines


def test_laughter_is_read(model: Any) -> None:
    lines = ["오늘은 날씨가 맑습니다", "ㅋㅋㅋ 알겠어"]
    assert (read(model, page(lines)).text or "").splitlines() == lines
