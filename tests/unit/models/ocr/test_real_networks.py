"""Version 2 of the text reader with its real networks, over pages drawn here."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFont

from inference.engine.model import LoadContext, Request, TextOutput
from tests.shipped import MODELS, code_of

pytestmark = pytest.mark.slow

Pixels = npt.NDArray[np.uint8]
LINES = ("The harbour was quiet at five", "Nobody left the houses", "Bread and milk 4.75")


@pytest.fixture(scope="module")
def model() -> Any:
    folder = MODELS / "ocr" / "2"
    return code_of("ocr", "2").model.Model(LoadContext(folder, "cpu", threads=2))


def page(lines: tuple[str, ...] = LINES, size: int = 24, width: int = 520) -> Pixels:
    """Black lines on white in the font that Pillow brings."""
    picture = Image.new("RGB", (width, int(size * (2 * len(lines) + 1))), "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(size)
    for index, line in enumerate(lines):
        draw.text((size, size * (2 * index + 0.7)), line, font=font, fill="black")
    return np.asarray(picture, np.uint8)


def read(model: Any, pixels: Pixels, hint: str = "") -> tuple[TextOutput, list[Any]]:
    reports: list[Any] = []
    height, width = pixels.shape[:2]
    request = Request(pixels, width, height, 1.0, {}, hint, lambda *report: reports.append(report))
    (output,) = model.predict([request])
    assert isinstance(output, TextOutput)
    return output, reports


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_page_is_read_whichever_way_up_it_lies_and_its_lines_stay_on_the_photo(
    model: Any, quarters: int
) -> None:
    pixels = np.rot90(page(), -quarters)
    output, _ = read(model, pixels)
    assert output.text == "\n".join(LINES)
    assert output.turned == (360 - 90 * quarters) % 360
    for region in output.regions:
        (left, top), (right, bottom) = (
            [int(edge(values)) for values in zip(*region.polygon, strict=True)]
            for edge in (min, max)
        )
        assert pixels[top:bottom, left:right].min() < 60  # there is ink
    first = output.regions[0].polygon[0]
    corner = {0: (0, 0), 1: (1, 0), 2: (1, 1), 3: (0, 1)}[quarters]
    height, width = pixels.shape[:2]
    assert abs(first[0] - corner[0] * width) < 80
    assert abs(first[1] - corner[1] * height) < 80


def test_boxes_are_shown_before_any_text_and_lines_as_they_are_read(model: Any) -> None:
    _, reports = read(model, page())
    stages = [stage for stage, _, _ in reports]
    assert stages[:2] == ["orient", "detect"]
    partials = [partial for _, _, partial in reports if partial]
    assert [set(entry) for entry in partials[0]["regions"]] == [{"polygon"}] * 3
    assert [entry["text"] for entry in partials[-1]["regions"]] == list(LINES)
    assert partials[-1]["done"] == 3
    shown = [entry["polygon"] for entry in partials[-1]["regions"]]
    assert shown == [entry["polygon"] for entry in partials[0]["regions"]]


def test_letters_that_fill_the_picture_are_read(model: Any) -> None:
    assert read(model, page(("STOP", "HERE"), 300, 1250))[0].text == "STOP\nHERE"


def test_a_line_cut_close_to_its_letters_is_read(model: Any) -> None:
    pixels = page(("Total amount due 1,284.50",), 18, 300)
    ink = np.argwhere(pixels.min(axis=2) < 128)
    (top, left), (bottom, right) = ink.min(axis=0), ink.max(axis=0)
    assert read(model, pixels[top : bottom + 1, left : right + 1])[0].text == (
        "Total amount due 1,284.50"
    )


def test_white_letters_on_transparency_are_read(model: Any) -> None:
    alpha = 255 - page().min(axis=2)
    white = np.full((*alpha.shape, 3), 255, np.uint8)
    height, width = alpha.shape
    shown = np.dstack((white, alpha))
    request = Request(white, width, height, 1.0, {}, "", lambda *_: None, rgba=shown)
    assert model.predict([request])[0].text == "\n".join(LINES)


def test_letters_that_are_not_known_are_missed_and_said_so(model: Any) -> None:
    cells = np.random.default_rng(8).random((2, 14, 3, 2)) < 0.6
    pixels = np.full((220, 700, 3), 255, np.uint8)
    rows, columns = np.mgrid[:220, :700]
    for line, cell, row, column in np.argwhere(cells):
        x, y = 40 + cell * 42 + column * 16, 30 + line * 100 + row * 16
        pixels[(rows - y) ** 2 + (columns - x) ** 2 <= 36] = 0
    output, _ = read(model, pixels)
    assert output.text == ""
    assert [note.code for note in output.notes] == ["script_not_readable"]


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (2000, 3), (300, 200)])
def test_no_text_is_found_where_there_is_none(model: Any, size: tuple[int, int]) -> None:
    output, _ = read(model, np.full((*size, 3), 90, np.uint8))
    assert (output.text, output.turned, output.regions, output.notes) == ("", 0, [], [])
