"""The upscalers of the catalog: tiles fit together, and what would be too large is refused."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from inference.engine.model import Pixels
from inference.weights.catalog import CATALOG

RANDOM = np.random.default_rng(3)


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Imports a module as the model's own process does."""
    monkeypatch.syspath_prepend(str(Path(CATALOG) / "upscale" / "1"))
    before = set(sys.modules)

    def load(name: str) -> ModuleType:
        return importlib.import_module(name)

    yield load
    for name in {"tiles", "network", "model"} & (set(sys.modules) - before):
        del sys.modules[name]


def blurred(image: Pixels) -> Pixels:
    """Three times as large; each pixel the mean of a neighbourhood of 5 x 5, black around."""
    padded = np.pad(image.astype(np.int64), ((2, 2), (2, 2), (0, 0)))
    height, width = image.shape[:2]
    total = sum(padded[y : y + height, x : x + width] for y in range(5) for x in range(5))
    mean = np.asarray(total // 25, np.uint8)
    return np.asarray(mean.repeat(3, axis=0).repeat(3, axis=1), np.uint8)


@pytest.mark.parametrize("shape", [(1, 1, 3), (200, 193, 3), (70, 400, 3)])
def test_tiles_fit_together_exactly(modules: Any, shape: tuple[int, ...]) -> None:
    image = RANDOM.integers(0, 256, shape, np.uint8)
    told: list[float] = []
    result = modules("tiles").enlarge(image, 3, blurred, overlap=2, report=told.append)
    around = np.pad(image, ((2, 2), (2, 2), (0, 0)), mode="symmetric")
    assert np.array_equal(result, blurred(around)[6:-6, 6:-6])
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_too_small_an_overlap_would_be_seen(modules: Any) -> None:
    image = RANDOM.integers(0, 256, (200, 200, 3), np.uint8)
    result = modules("tiles").enlarge(image, 3, blurred, overlap=1, report=lambda _: None)
    around = np.pad(image, ((1, 1), (1, 1), (0, 0)), mode="symmetric")
    assert not np.array_equal(result, blurred(around)[3:-3, 3:-3])


def test_what_is_white_up_to_its_edges_stays_white(modules: Any) -> None:
    image = np.full((200, 7, 3), 255, np.uint8)
    result = modules("tiles").enlarge(image, 3, blurred, overlap=2, report=lambda _: None)
    assert result.min() == 255


def test_a_result_beyond_16_megapixels_is_refused(modules: Any) -> None:
    class Large:
        image = np.broadcast_to(np.uint8(0), (2001, 2000, 3))

    assert modules("network").too_large(Large, 2) == (
        "The result would have 16.0 megapixels and may have 16: send a smaller photo."
    )
    assert modules("network").too_large(Large, 1) is None
