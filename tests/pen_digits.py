"""Photos of digits drawn by pen on paper, made stroke by stroke."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

Points = npt.NDArray[np.float64]


def _arc(
    center: tuple[float, float], radii: tuple[float, float], start: float, end: float
) -> Points:
    """Points of an ellipse from one angle to another, in degrees, clockwise from the right."""
    angles = np.radians(np.linspace(start, end, 32))
    points = [center[0] + radii[0] * np.cos(angles), center[1] + radii[1] * np.sin(angles)]
    return np.stack(points, 1)


def _line(*points: tuple[float, float]) -> Points:
    return np.asarray(points, np.float64)


STROKES: Final[Mapping[int, Sequence[Points]]] = {
    0: [_arc((0.5, 0.5), (0.3, 0.5), -90, 270)],
    1: [_line((0.3, 0.2), (0.55, 0.0), (0.55, 1.0))],
    2: [np.concatenate([_arc((0.5, 0.28), (0.32, 0.28), 180, 400), _line((0.15, 1), (0.9, 1))])],
    3: [
        np.concatenate(
            [
                _arc((0.45, 0.25), (0.32, 0.25), 200, 450),
                _arc((0.45, 0.74), (0.36, 0.26), -90, 160),
            ]
        )
    ],
    4: [_line((0.6, 0), (0.1, 0.65), (0.9, 0.65)), _line((0.65, 0.3), (0.65, 1))],
    5: [
        np.concatenate(
            [
                _line((0.85, 0), (0.25, 0), (0.2, 0.45)),
                _arc((0.45, 0.68), (0.38, 0.32), -110, 150),
            ]
        )
    ],
    6: [
        np.concatenate(
            [
                _line((0.7, 0)),
                _arc((0.62, 0.6), (0.45, 0.6), -110, -180),
                _arc((0.5, 0.72), (0.33, 0.28), 180, 540),
            ]
        )
    ],
    7: [_line((0.1, 0), (0.9, 0), (0.4, 1)), _line((0.35, 0.5), (0.8, 0.5))],
    8: [_arc((0.5, 0.25), (0.28, 0.25), 90, 450), _arc((0.5, 0.75), (0.34, 0.26), -90, 270)],
    9: [np.concatenate([_arc((0.5, 0.28), (0.3, 0.28), 0, 360), _line((0.8, 0.28), (0.7, 1))])],
}
"""Each digit's strokes in a square of 1."""


def photo(
    digit: int,
    seed: int,
    size: tuple[int, int] = (1200, 900),
    strokes: Sequence[Points] = (),
    shadow: float = 0.0,
) -> Image.Image:
    """A dark digit somewhere on light paper, in light that falls from one side, with noise.

    `strokes` are to be drawn in place of the digit's usual ones; a shadow, its edge across the
    paper, takes away this part of the light.
    """
    random = np.random.default_rng([seed, digit])
    width, height = size
    high = height * random.uniform(0.3, 0.7)
    wide = high * random.uniform(0.55, 0.8)
    place = [
        random.uniform(0.6 * wide, width - 0.6 * wide),
        random.uniform(0.6 * high, height - 0.6 * high),
    ]
    ink = _ink(strokes or STROKES[digit], size, (wide, high), place, random)
    rows, columns = np.mgrid[:height, :width]
    angle = random.uniform(0, 2 * math.pi)
    along = columns / width * math.cos(angle) + rows / height * math.sin(angle)
    paper = 190 + 50 * along / 1.5
    shown = paper * (1 - 0.75 * ink)
    if shadow:
        side = random.uniform(0, 2 * math.pi)
        off = (columns / width - random.uniform(0.3, 0.7)) * math.cos(side)
        off += (rows / height - random.uniform(0.3, 0.7)) * math.sin(side)
        shown *= 1 - shadow / (1 + np.exp(-off / 0.01))
    shown += random.normal(0, 6, (height, width))
    tinted = shown[..., None] * [1.0, 0.98, 0.92]
    return Image.fromarray(np.clip(tinted, 0, 255).astype(np.uint8))


def _ink(
    strokes: Sequence[Points],
    size: tuple[int, int],
    extent: tuple[float, float],
    place: Any,
    random: Any,
) -> Points:
    """Where the pen was, from 0 to 1."""
    canvas = Image.new("L", size)
    pen = ImageDraw.Draw(canvas)
    thickness = max(2, round(extent[1] * random.uniform(0.04, 0.1)))
    angle = random.uniform(-0.15, 0.15)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    for stroke in strokes:
        moved = (stroke + random.normal(0, 0.008, stroke.shape) - 0.5) * extent @ turn + place
        pen.line([(float(x), float(y)) for x, y in moved], 255, thickness, joint="curve")
    soft = canvas.filter(ImageFilter.GaussianBlur(1.5))
    return np.asarray(soft, np.float64) / 255
