"""Forms of digits that the UCI set lacks, drawn stroke by stroke: its writers all cross their 7."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

FORMS_EACH: Final = 100
_LARGE: Final = 64
"""Width and height in pixels at which a form is drawn before it is brought to 8 by 8."""

_STROKES: Final[Sequence[tuple[int, Sequence[tuple[float, float]]]]] = (
    (7, ((0.2, 0.05), (0.8, 0.05), (0.6, 0.4), (0.45, 0.95))),
    (7, ((0.25, 0.18), (0.25, 0.05), (0.8, 0.05), (0.5, 0.95))),
    (1, ((0.55, 0.05), (0.5, 0.5), (0.48, 0.95))),
    (1, ((0.3, 0.3), (0.55, 0.05), (0.52, 0.95))),
    (2, ((0.22, 0.25), (0.45, 0.05), (0.75, 0.2), (0.65, 0.5), (0.2, 0.93), (0.8, 0.93))),
)
"""Names and their strokes, from point to point, in a square of 1."""


def forms(seed: int) -> tuple[Tensor, Tensor]:
    """Digits (N, 1, 8, 8) from 0 to 1, each drawn a little differently, and their names."""
    random = np.random.default_rng(seed)
    drawn = [
        (_drawn(np.asarray(stroke), random), name)
        for name, stroke in _STROKES
        for _ in range(FORMS_EACH)
    ]
    pictures = np.stack([picture for picture, _ in drawn])
    return torch.from_numpy(pictures)[:, None], torch.tensor([name for _, name in drawn])


def _drawn(stroke: np.ndarray, random: np.random.Generator) -> np.ndarray:
    moved = (stroke + random.normal(0, 0.035, stroke.shape)).clip(0.02, 0.98) * _LARGE
    canvas = Image.new("L", (_LARGE, _LARGE))
    width = int(random.integers(7, 13))
    ImageDraw.Draw(canvas).line(
        [(float(x), float(y)) for x, y in moved], fill=255, width=width, joint="curve"
    )
    small = canvas.resize((8, 8), Image.Resampling.BOX)
    # Ink of a thin line covers no cell wholly; in the set its cells are full.
    return np.clip(np.asarray(small, np.float32) / 255 * 1.4, 0, 1)
