"""The models that come with the project, over real photos and pages."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage import data

from inference.engine.engine import Engine
from inference.engine.model import Pixels
from inference.engine.types import ImageJob, Progress, Succeeded

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

Predict = Callable[..., Any]


def photo(name: str) -> Pixels:
    return np.asarray(getattr(data, name)(), np.uint8)


@pytest.fixture
def shipped(shipped_engine: Engine, tmp_path: Path) -> Predict:
    """Predicts an image (pixels) with a shipped model: its outcome and progress."""

    async def predict(
        model: str, pixels: Pixels, image_type: str = "", **params: Any
    ) -> tuple[Any, list[Progress]]:
        source = tmp_path / "source.png"
        Image.fromarray(pixels).save(source)
        progress: list[Progress] = []
        job = ImageJob(
            id=1,
            attempt=1,
            model=model,
            version="1",
            source=source,
            params=params,
            image_type=image_type,
            results=tmp_path / "r",
        )
        return await shipped_engine.predict(job, progress.append), progress

    return predict


async def test_ocr_reads_a_page_line_by_line_and_shows_boxes_before_text(shipped: Predict) -> None:
    page = photo("page")
    outcome, progress = await shipped("ocr", page, image_type="en")
    assert isinstance(outcome, Succeeded)
    lines = outcome.output["text"].splitlines()
    assert lines[0] == "Region-based segmentation"
    assert "markers are found at the two extreme parts" in lines[4]
    assert outcome.output["language"] == "en"
    height, width = page.shape
    for region in outcome.output["regions"]:
        assert all(0 <= x <= width and 0 <= y <= height for x, y in region["polygon"])
    tops = [region["polygon"][0][1] for region in outcome.output["regions"]]
    assert tops == sorted(tops)
    progress = [entry for entry in progress if entry.stage != "load"]
    assert [entry.stage for entry in progress][:2] == ["detect", "recognize"]
    boxes = progress[1].partial["regions"]
    assert len(boxes) == len(lines)
    assert all(set(box) == {"polygon"} for box in boxes)
    assert progress[-1].partial["done"] == len(lines)


async def test_ocr_reads_a_page_that_lies_upside_down(shipped: Predict) -> None:
    outcome, _ = await shipped("ocr", np.rot90(photo("page"), 2))
    assert "unambiguously as either object or background" in outcome.output["text"]


async def test_ocr_maps_polygons_back_to_a_large_original(shipped: Predict) -> None:
    page = Image.fromarray(photo("page"))
    large = np.asarray(page.resize((page.width * 8, page.height * 8)))
    outcome, _ = await shipped("ocr", large)
    last = outcome.output["regions"][0]["polygon"][2]
    assert last == pytest.approx([296 * 8, 36 * 8], abs=60)


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (2000, 3), (300, 200)])
async def test_ocr_finds_no_text_where_there_is_none(
    shipped: Predict, size: tuple[int, int]
) -> None:
    outcome, _ = await shipped("ocr", np.full((*size, 3), 90, np.uint8))
    assert outcome.output == {
        "kind": "text",
        "text": "",
        "paragraphs": [],
        "language": None,
        "turned": 0,
        "regions": [],
        "notes": [],
    }


@pytest.mark.parametrize("hint", ["ko", "ko-handwritten", "Korean, printed", "RU"])
async def test_ocr_says_that_it_cannot_read_a_script(shipped: Predict, hint: str) -> None:
    outcome, _ = await shipped("ocr", np.full((40, 200, 3), 255, np.uint8), image_type=hint)
    (note,) = outcome.output["notes"]
    assert note["code"] == "script_not_readable"
    assert outcome.output["language"] is None


def lines_of_dots() -> Pixels:
    """Two lines of a script that no alphabet has: cells of up to six dots."""
    dots = np.random.default_rng(8).random((2, 14, 3, 2)) < 0.6
    pixels = np.full((220, 700, 3), 255, np.uint8)
    rows, columns = np.mgrid[:220, :700]
    for line, cell, row, column in np.argwhere(dots):
        x, y = 40 + cell * 42 + column * 16, 30 + line * 100 + row * 16
        pixels[(rows - y) ** 2 + (columns - x) ** 2 <= 36] = 0
    return pixels


async def test_ocr_tells_lines_that_it_cannot_read_from_no_text(shipped: Predict) -> None:
    outcome, _ = await shipped("ocr", lines_of_dots())
    assert (outcome.output["text"], outcome.output["language"]) == ("", None)
    (note,) = outcome.output["notes"]
    assert note["code"] == "script_not_readable"
    assert note["message"].startswith("2 lines")


async def test_ocr_has_nothing_to_note_on_a_page_or_a_photo_without_text(
    shipped: Predict,
) -> None:
    for name in ("page", "astronaut"):
        outcome, _ = await shipped("ocr", photo(name))
        assert outcome.output["notes"] == []


@pytest.mark.parametrize("hint", ["", "en", "ja-handwritten", "my-receipt", "zh"])
async def test_ocr_notes_nothing_where_it_can_read(shipped: Predict, hint: str) -> None:
    outcome, _ = await shipped("ocr", np.full((40, 200, 3), 255, np.uint8), image_type=hint)
    assert outcome.output["notes"] == []
