"""What happens to a page before it is read: turns, tilt, noise, compression, colored paper."""

import io
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]
Condition = Callable[[Pixels, np.random.Generator], Pixels]


def turned(pixels: Pixels, quarters: int) -> Pixels:
    """A page turned clockwise by so many quarters."""
    return np.ascontiguousarray(np.rot90(pixels, -quarters))


def _turned(quarters: int) -> Condition:
    return lambda pixels, _: turned(pixels, quarters)


def _tilted(degrees: float) -> Condition:
    def tilt(pixels: Pixels, _: np.random.Generator) -> Pixels:
        paper = tuple(int(value) for value in pixels[0, 0])
        turned = Image.fromarray(pixels).rotate(
            -degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=paper
        )
        return np.asarray(turned, np.uint8)

    return tilt


def _noisy(pixels: Pixels, random: np.random.Generator) -> Pixels:
    return _clipped(pixels + random.normal(0, 18, pixels.shape))


def _compressed(pixels: Pixels, _: np.random.Generator) -> Pixels:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=30)
    return np.asarray(Image.open(stream).convert("RGB"), np.uint8)


def _on_paper(pixels: Pixels, random: np.random.Generator) -> Pixels:
    """Cream paper in light that falls off to one corner."""
    height, width = pixels.shape[:2]
    light = 1 - 0.45 * np.add.outer(np.linspace(0, 0.5, height), np.linspace(0, 0.5, width))
    paper = np.array([242, 224, 178]) / 255
    return _clipped(pixels * paper * light[..., None] + random.normal(0, 3, pixels.shape))


def _inverse(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return np.asarray(255 - pixels, np.uint8)


def _clean(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return pixels


def _clipped(values: npt.NDArray[np.float64]) -> Pixels:
    return np.clip(values.round(), 0, 255).astype(np.uint8)


CONDITIONS: Final[Mapping[str, Condition]] = {
    "clean": _clean,
    "turned-90": _turned(1),
    "turned-180": _turned(2),
    "turned-270": _turned(3),
    "tilted-4": _tilted(4),
    "tilted-8": _tilted(8),
    "tilted-15": _tilted(15),
    "noise": _noisy,
    "jpeg-30": _compressed,
    "paper": _on_paper,
    "inverse": _inverse,
}
"""Turned and tilted clockwise, in degrees."""


def turn_of(condition: str) -> int:
    """By how many degrees clockwise a condition turns pages: 0, 90, 180 or 270."""
    return int(condition.removeprefix("turned-")) if condition.startswith("turned-") else 0
