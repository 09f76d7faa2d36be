"""Pages with letters that are in no alphabet of the text reader say so; others don't."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from inference.engine.model import LoadContext, Request
from quality.fonts import installed, missing_for_tests
from tests.photos import photo
from tests.shipped import MODELS, code_of

pytestmark = pytest.mark.slow
ENGLISH = "The harbour was quiet at five"


@pytest.fixture(scope="module")
def model() -> Any:
    folder = MODELS / "ocr" / "2"
    return code_of("ocr", "2").model.Model(LoadContext(folder, "cpu", threads=2))


def notes(model: Any, lines: Sequence[str]) -> list[str]:
    """The codes of what is told of a page of these lines."""
    if not installed("en"):
        pytest.skip(f"fonts are missing: install {' '.join(missing_for_tests())}")
    font = installed("en")[0].at(36)
    picture = Image.new("RGB", (900, 80 + 57 * len(lines)), "white")
    draw = ImageDraw.Draw(picture)
    for index, line in enumerate(lines):
        draw.text((40, 40 + 57 * index), line, font=font, fill="black")
    pixels = np.asarray(picture, np.uint8)
    return told(model, pixels)


def told(model: Any, pixels: Any) -> list[str]:
    """The codes of what is told of a picture."""
    height, width = pixels.shape[:2]
    (output,) = model.predict([Request(pixels, width, height, 1.0, {}, "", lambda *_: None)])
    return [note.code for note in output.notes]


@pytest.mark.parametrize(
    "lines",
    [
        ["Tiếng Việt rất đẹp", "Đường Nguyễn Huệ"],
        [ENGLISH, "Phở bò tái chín đặc biệt"],
        ["Свежий хлеб каждый день"],
        [ENGLISH, "Nobody left the houses", "Свежий хлеб каждый день"],
        ["Καλημέρα σε όλους τους φίλους"],
        ["صباح الخير يا صديقي"],
    ],
)
def test_letters_that_are_in_no_alphabet_are_told(model: Any, lines: Sequence[str]) -> None:
    assert notes(model, lines) == ["script_not_readable"]


@pytest.mark.parametrize(
    "line", [ENGLISH, "Frische Brötchen jeden Morgen", "Où est la gare déjà", "Łódź leży w środku"]
)
def test_accents_that_are_known_are_no_foreign_script(model: Any, line: str) -> None:
    assert notes(model, [line]) == []


def test_a_photo_of_a_page_with_a_line_of_code_is_no_foreign_script(model: Any) -> None:
    pixels = np.asarray(Image.open(io.BytesIO(photo("page"))).convert("RGB"))
    assert told(model, pixels) == []


def test_lines_full_of_signs_are_no_foreign_script(model: Any) -> None:
    signs = ["Price: $3.50 + 10 % = $3.85", "x = np.array(a[1:]) / 2.5", "def f(x): return x**2"]
    assert notes(model, [ENGLISH, *signs]) == []
