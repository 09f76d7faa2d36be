"""Background removal over real photos and drawings, in one process for each version."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from skimage import data

from inference.engine.confinement import ROOT
from inference.engine.engine import Engine
from inference.engine.model import Pixels
from inference.engine.types import Failed, ImageJob, Progress, Succeeded
from quality.cutouts import OUTLINES, scores
from quality.photos import photo

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

CutOut = Callable[..., Any]


@pytest.fixture
def cut_out(shipped_engine: Engine, tmp_path: Path) -> CutOut:
    """Removes the background of an image: the pixels, the outcome and the progress."""

    async def predict(
        image: Pixels, version: str = "2", **params: Any
    ) -> tuple[Pixels, Any, list[Progress]]:
        source, results = tmp_path / "source.png", tmp_path / "r"
        Image.fromarray(image).save(source)
        progress: list[Progress] = []
        job = ImageJob(
            id=1,
            attempt=1,
            model="background-removal",
            version=version,
            source=source,
            params=params,
            results=results,
        )
        outcome = await shipped_engine.predict(job, progress.append)
        if isinstance(outcome, Failed):
            return np.empty(0, np.uint8), outcome, progress
        assert isinstance(outcome, Succeeded)
        with Image.open(results / str(outcome.output_file)) as picture:
            return np.asarray(picture), outcome, progress

    return predict


def astronaut() -> Pixels:
    return np.asarray(data.astronaut(), np.uint8)  # type: ignore[no-untyped-call]  # it has no types


def portrait() -> Pixels:
    """A head and a body that the lower edge cuts off, drawn."""
    image = Image.new("RGB", (300, 400), (90, 140, 95))
    draw = ImageDraw.Draw(image)
    draw.ellipse((40, 190, 260, 590), fill=(40, 60, 130))
    draw.rectangle((135, 160, 165, 210), fill=(215, 160, 130))
    draw.ellipse((100, 60, 200, 180), fill=(225, 170, 140))
    return np.asarray(image)


def plain(size: tuple[int, int]) -> Pixels:
    return np.full((*size, 3), 90, np.uint8)


async def test_the_subject_is_kept_and_nothing_is_left_of_the_rest(cut_out: CutOut) -> None:
    pixels, outcome, progress = await cut_out(astronaut())
    alpha = pixels[..., 3]
    assert alpha.shape == (512, 512)
    assert alpha[60:140, 190:260].min() == 255
    assert alpha[440:500, 330:470].mean() > 250  # the helmet in her arm
    assert alpha[:200, 340:].max() == 0
    assert ((alpha > 20) & (alpha < 235)).any()
    assert not pixels[alpha == 0].any()
    assert outcome.output["notes"] == []
    stages = [entry.stage for entry in progress if entry.stage != "load"]
    assert list(dict.fromkeys(stages)) == ["segment", "refine", "encode"]


async def test_the_same_photo_gives_the_same_bytes(cut_out: CutOut) -> None:
    first, _, _ = await cut_out(astronaut())
    second, _, _ = await cut_out(astronaut())
    assert (first == second).all()


@pytest.mark.parametrize("name", ["astronaut", "coffee", "camera"])
async def test_the_outline_is_the_one_that_was_drawn_by_hand(cut_out: CutOut, name: str) -> None:
    outline = json.loads((OUTLINES / f"{name}.json").read_text())
    pixels, _, _ = await cut_out(photo(outline["source"], outline["sha256"]))
    iou, edge = scores(pixels[..., 3] > 127, outline)
    assert iou > 0.95
    assert edge > 0.8


@pytest.mark.parametrize("version", ["1", "2"])
async def test_each_version_cuts_out_the_sample_that_it_is_tried_with(
    cut_out: CutOut, version: str
) -> None:
    # The sample is a part of the photo that was outlined.
    left, width, height = 60, 500, 372
    outline = json.loads((OUTLINES / "flower.json").read_text())
    with Image.open(ROOT / "inference" / "models" / "background-removal" / "sample.jpg") as sample:
        assert sample.size == (width, height)
        pixels, _, _ = await cut_out(np.asarray(sample.convert("RGB")), version)
    mask = np.zeros((height, left + width), bool)
    mask[:, left:] = pixels[..., 3] > 127
    iou, edge = scores(mask, outline | {"unsure": []})
    assert iou > 0.97
    assert edge > 0.95


@pytest.mark.parametrize("version", ["1", "2"])
async def test_a_portrait_keeps_the_body_that_the_edge_cuts_off(
    cut_out: CutOut, version: str
) -> None:
    pixels, _, _ = await cut_out(portrait(), version)
    alpha = pixels[..., 3]
    assert alpha[-8:, 60:240].min() > 240
    assert alpha[100:140, 120:180].min() > 240
    assert alpha[:40].max() < 15


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("size", [(1, 1), (2000, 3), (200, 300)])
async def test_a_photo_without_a_subject_is_given_back_and_that_is_said(
    cut_out: CutOut, version: str, size: tuple[int, int]
) -> None:
    pixels, outcome, _ = await cut_out(plain(size), version)
    assert (pixels == plain(size)).all()
    assert [note["code"] for note in outcome.output["notes"]] == ["no_subject"]


async def test_a_cut_out_of_which_the_network_is_not_sure_says_so(cut_out: CutOut) -> None:
    cat = Image.fromarray(data.chelsea()).convert("L")  # type: ignore[no-untyped-call]
    pixels, outcome, _ = await cut_out(np.asarray(cat.convert("RGB")))
    assert (pixels[..., 3] > 127).mean() < 0.1  # an eye of it
    assert [note["code"] for note in outcome.output["notes"]] == ["subject_unsure"]


@pytest.mark.parametrize("version", ["1", "2"])
async def test_transparency_that_was_there_stays(cut_out: CutOut, version: str) -> None:
    ring = Image.new("RGBA", (240, 240), (10, 200, 30, 0))
    ImageDraw.Draw(ring).ellipse((30, 30, 210, 210), outline=(255, 255, 255, 255), width=20)
    given = np.asarray(ring)
    pixels, _, _ = await cut_out(given, version)
    assert pixels.shape == given.shape
    assert not pixels[given[..., 3] == 0].any()
    assert pixels[40, 120, 3] == 255


async def test_a_rectangle_says_which_subject_is_meant(cut_out: CutOut) -> None:
    pixels, _, _ = await cut_out(astronaut(), rect=[340, 0, 130, 290])
    alpha = pixels[..., 3]
    assert alpha[60:150, 405:425].mean() > 200  # the shuttle
    assert alpha[:, :330].max() == 0


@pytest.mark.parametrize("version", ["1", "2"])
async def test_a_rectangle_outside_the_image_is_refused(cut_out: CutOut, version: str) -> None:
    _, outcome, _ = await cut_out(astronaut(), version, rect=[600, 0, 10, 10])
    assert outcome.code == "invalid_params"


async def test_the_subject_may_stand_on_a_color_or_on_its_blurred_background(
    cut_out: CutOut,
) -> None:
    colored, _, _ = await cut_out(astronaut(), background="#ffcc00")
    assert colored.shape == (512, 512, 3)
    assert colored[20, 300].tolist() == [255, 204, 0]
    assert (colored[100, 220] == astronaut()[100, 220]).all()
    blurred, outcome, _ = await cut_out(astronaut(), background="blur", format="webp")
    assert outcome.output["content_type"] == "image/webp"
    flag = (slice(0, 120), slice(0, 60))
    assert np.ptp(blurred[flag], axis=(0, 1)).mean() < np.ptp(astronaut()[flag], axis=(0, 1)).mean()


async def test_a_mask_is_white_where_the_subject_is(cut_out: CutOut) -> None:
    mask, _, _ = await cut_out(astronaut(), output="mask")
    assert mask.shape == (512, 512, 3)
    assert mask[100, 220].tolist() == [255, 255, 255]
    assert mask[20, 300].tolist() == [0, 0, 0]


async def test_a_picture_is_cropped_to_its_subject(cut_out: CutOut) -> None:
    cropped, outcome, _ = await cut_out(portrait(), crop=True)
    height, width = cropped.shape[:2]
    assert (outcome.output["width"], outcome.output["height"]) == (width, height)
    assert height == pytest.approx(340, abs=4)
    assert width == pytest.approx(220, abs=6)


async def test_grabcut_is_served_beside_it(cut_out: CutOut) -> None:
    pixels, _, progress = await cut_out(astronaut()[::2, ::2], "1", iterations=2)
    alpha = pixels[..., 3]
    assert alpha[30:70, 95:130].mean() > 250
    assert not pixels[alpha == 0].any()
    segment = [entry.fraction for entry in progress if entry.stage == "segment"]
    assert segment == [0.0, 0.5, 1.0]
