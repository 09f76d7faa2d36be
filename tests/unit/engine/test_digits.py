"""The shipped model of handwritten digits: those that it has not seen, and photos of them."""

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from inference.engine.engine import Engine
from inference.engine.types import ImageJob, Succeeded
from tests import pen_digits

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

SIZE = (600, 450)
"""Of a photo: the digit is found in it and scaled down far below it."""


async def read(engine: Engine, images: list[Image.Image], folder: Path, version: str) -> list[int]:
    async def one(number: int, image: Image.Image) -> int:
        source = folder / f"{number}.png"
        image.save(source)
        job: dict[str, Any] = {"model": "digits", "version": version, "params": {}}
        outcome = await engine.predict(
            ImageJob(id=number + 1, attempt=1, source=source, results=folder / "r", **job),
            lambda _: None,
        )
        assert isinstance(outcome, Succeeded), outcome
        return int(outcome.output["labels"][0]["label"])

    return list(await asyncio.gather(*(one(*each) for each in enumerate(images))))


def held_out() -> tuple[list[Image.Image], list[int]]:
    """The digits that training leaves out, dark on white."""
    from sklearn.datasets import load_digits  # it takes a second, in every worker

    data = load_digits()
    chosen = range(4, len(data.target), 5)
    pictures = [Image.fromarray(255 - (data.images[i] * 255 / 16).astype(np.uint8)) for i in chosen]
    return [ImageOps.expand(one, 1, 255) for one in pictures], [int(data.target[i]) for i in chosen]


async def test_digits_that_it_has_not_seen_are_read(shipped_engine: Engine, tmp_path: Path) -> None:
    images, names = held_out()
    found = await read(shipped_engine, images, tmp_path, "canary")
    right = sum(a == b for a, b in zip(found, names, strict=True))
    assert right / len(names) >= 0.985


async def test_both_versions_read_the_same(shipped_engine: Engine, tmp_path: Path) -> None:
    images, _ = held_out()
    first = await read(shipped_engine, images[:64], tmp_path, "stable")
    assert first == await read(shipped_engine, images[:64], tmp_path, "canary")


async def test_photos_of_digits_on_paper_are_read(shipped_engine: Engine, tmp_path: Path) -> None:
    photos = [pen_digits.photo(digit, seed=1, size=SIZE) for digit in range(10)]
    assert await read(shipped_engine, photos, tmp_path, "2") == list(range(10))
    # The set that it has learned from has none of these.
    stroke = pen_digits.STROKES[7][:1]
    bare = [pen_digits.photo(7, seed, SIZE, strokes=stroke) for seed in range(3)]
    assert await read(shipped_engine, bare, tmp_path, "2") == [7, 7, 7]
    chalk = [ImageOps.invert(photo) for photo in photos]
    assert await read(shipped_engine, chalk, tmp_path, "2") == list(range(10))


async def test_the_edge_of_a_shadow_across_the_paper_is_no_digit(
    shipped_engine: Engine, tmp_path: Path
) -> None:
    photos = [pen_digits.photo(digit % 10, digit, SIZE, shadow=0.45) for digit in range(30)]
    found = await read(shipped_engine, photos, tmp_path, "2")
    right = sum(one == digit % 10 for digit, one in enumerate(found))
    assert right >= 28, found
