"""The shipped style transfer, over a real photo."""

import io
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage import data

from inference.engine.confinement import ROOT
from inference.engine.engine import Engine
from inference.engine.model import Pixels
from inference.engine.types import Failed, ImageJob, Progress, Succeeded
from inference.painting.pictures import read_picture
from quality.looks import looks, nearest

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


def photo_of(name: str) -> Pixels:
    return np.asarray(getattr(data, name)(), np.uint8)


FILES = ROOT / "inference" / "models" / "style-transfer" / "1"
LEAST_APART = 18
"""Nearer than that, two styles were taken for one another on a sheet of paintings."""
PHOTO = np.asarray(Image.fromarray(photo_of("astronaut")).crop((60, 0, 460, 300)), np.uint8)

Paint = Callable[..., Any]


@pytest.fixture
def paint(shipped_engine: Engine, tmp_path: Path) -> Paint:
    """Paints pixels: the outcome with its pixels, and its progress."""

    async def run(
        pixels: Pixels, style_image: Path | None = None, **params: Any
    ) -> tuple[Pixels, list[Progress]]:
        memory = io.BytesIO()
        Image.fromarray(pixels).save(memory, "PNG")
        progress: list[Progress] = []
        job = ImageJob(
            id=1,
            attempt=1,
            model="style-transfer",
            version="1",
            source=memory.getvalue(),
            params=params | ({"style_image": 1} if style_image else {}),
            images={"style_image": style_image} if style_image else {},
            results=None,
        )
        outcome = await shipped_engine.predict(job, progress.append)
        assert isinstance(outcome, Succeeded), outcome
        assert outcome.output_bytes is not None
        return np.asarray(Image.open(io.BytesIO(outcome.output_bytes))), progress

    return run


@pytest.fixture(scope="module")
def network() -> Iterator[Any]:
    sys.path.insert(0, str(FILES))
    try:
        yield import_module("network").StyleNetwork(FILES, 2)
    finally:
        sys.path.remove(str(FILES))
        sys.modules.pop("network", None)


async def test_a_photo_is_painted_at_its_own_size_and_always_the_same(paint: Paint) -> None:
    painting, progress = await paint(PHOTO)
    assert painting.shape == PHOTO.shape
    assert np.abs(painting.astype(int) - PHOTO).mean() > 25
    assert {entry.stage for entry in progress} - {"load"} == {"style", "paint", "enlarge"}
    previews = [entry.partial["url"] for entry in progress if entry.partial]
    assert previews[0].startswith("data:image/webp;base64,")
    again, _ = await paint(PHOTO, style="stained-glass", alpha=1, stroke=768)
    assert np.array_equal(again, painting)


async def test_styles_differ_and_another_picture_is_one(paint: Paint, tmp_path: Path) -> None:
    file = tmp_path / "coffee.png"
    Image.fromarray(photo_of("coffee")).save(file)
    paintings = [
        (await paint(PHOTO, style="ink"))[0],
        (await paint(PHOTO, style="mosaic"))[0],
        (await paint(PHOTO, style_image=file))[0],
    ]
    for one, other in zip(paintings, paintings[1:] + paintings[:1], strict=True):
        assert np.abs(one.astype(int) - other).mean() > 15


async def test_the_less_alpha_is_the_less_of_the_style_is_there(paint: Paint) -> None:
    own, half, whole = [(await paint(PHOTO, alpha=alpha))[0].astype(int) for alpha in (0, 0.5, 1)]
    assert np.abs(own - PHOTO).mean() < np.abs(whole - PHOTO).mean() / 1.5
    assert np.abs(half - whole).mean() < np.abs(own - whole).mean()


async def test_colors_are_kept_where_that_is_asked_for(paint: Paint) -> None:
    painting, _ = await paint(PHOTO, style="starry-night", preserve_color=True)
    chroma = [
        np.asarray(Image.fromarray(one).convert("YCbCr"), int)[..., 1:] for one in (painting, PHOTO)
    ]
    # Where a color does not fit into 0 to 255 it is cut off.
    assert np.median(np.abs(chroma[0] - chroma[1])) <= 2
    assert np.abs(painting.astype(int) - PHOTO).mean() > 10


@pytest.mark.parametrize("shape", [(1, 1), (3, 1400), (1400, 1), (97, 33)])
async def test_odd_sizes_come_back_as_they_were(paint: Paint, shape: tuple[int, int]) -> None:
    painting, _ = await paint(np.full((*shape, 3), 90, np.uint8))
    assert painting.shape == (*shape, 3)


async def test_what_is_transparent_stays_so(paint: Paint) -> None:
    alpha = np.full(PHOTO.shape[:2], 255, np.uint8)
    alpha[:, :50] = 0
    painting, _ = await paint(np.dstack((PHOTO, alpha)))
    assert np.array_equal(painting[..., 3], alpha)


async def test_a_large_photo_keeps_its_fine_detail(paint: Paint) -> None:
    enlarged = Image.fromarray(PHOTO).resize((1600, 1200))
    photo = np.asarray(enlarged, np.uint8) // 4 * 3
    lined = photo.copy()
    lined[:, ::2] += 60
    plain, _ = await paint(photo, stroke=400, style="ink")
    painting, _ = await paint(lined, stroke=400, style="ink")
    assert _roughness(painting) > _roughness(plain) + 5


def _roughness(picture: Pixels) -> float:
    return float(np.abs(np.diff(picture.astype(int), axis=1)).mean())


async def test_an_unknown_style_is_refused(shipped_engine: Engine) -> None:
    job = ImageJob(
        id=1,
        attempt=1,
        model="style-transfer",
        version="1",
        source=b"",
        params={"style": "nobody"},
        results=None,
    )
    outcome = await shipped_engine.predict(job, lambda _: None)
    assert isinstance(outcome, Failed)
    assert outcome.code == "invalid_params"


async def test_every_style_of_the_schema_has_its_picture(shipped_engine: Engine) -> None:
    schema = shipped_engine.repository.models["style-transfer"].config.params
    named = set(schema["properties"]["style"]["enum"])
    assert named == {file.stem for file in (FILES / "styles").iterdir()}
    assert len(named) >= 8


async def test_no_two_presets_look_alike(network: Any) -> None:
    photo = np.asarray(Image.fromarray(photo_of("chelsea")).resize((452, 300)), np.uint8)
    paintings = {}
    for file in sorted((FILES / "styles").iterdir()):
        style = network.style_of(read_picture(file))
        paintings[file.stem] = looks(network.paint(photo, style, lambda *_: None))
    alike = nearest(paintings)
    assert min(apart for _, apart in alike.values()) >= LEAST_APART, alike


@pytest.mark.parametrize("side", [(600, 808), (517, 1030)])
async def test_tiles_join_to_what_the_whole_picture_would_be(
    network: Any, side: tuple[int, int]
) -> None:
    picture = np.asarray(Image.fromarray(photo_of("coffee")).resize(side[::-1]), np.uint8)
    style = network.style_of(PHOTO)
    whole, statistics = network._paint_whole(picture, style)
    tiled = network._paint_tiles(picture, style, statistics, whole // 2, lambda *_: None)
    assert np.array_equal(tiled, whole)


async def test_a_painting_is_given_up_between_tiles(network: Any) -> None:
    calls = 0

    def on_painted(_fraction: float, _painting: Pixels) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise InterruptedError

    picture = np.asarray(Image.fromarray(photo_of("coffee")).resize((1400, 1100)), np.uint8)
    with pytest.raises(InterruptedError):
        network.paint(picture, network.style_of(PHOTO), on_painted)
    assert calls == 2
