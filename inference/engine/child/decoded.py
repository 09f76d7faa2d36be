"""An image as a model sees it, and its pixels as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from PIL import Image

from inference.engine.model import Note, Pixels

_ROWS: Final = 256
"""So many are copied at a time."""


@dataclass(frozen=True)
class Decoded:
    """An image as a model sees it."""

    picture: Image.Image
    """RGB, upright; transparency is shown on white, colors are sRGB."""
    width: int
    """Of the upright image at full size, in pixels."""
    height: int
    """Of the upright image at full size, in pixels."""
    notes: Sequence[Note] = ()
    """What could not be done."""
    in_browsers: bool = True
    """Whether every browser shows the file."""
    transparent: Image.Image | None = None
    """RGBA, with the transparency; None: there is none."""

    @cached_property
    def pixels(self) -> Pixels:
        """The picture's: (H, W, 3)."""
        return _array(self.picture)

    @cached_property
    def rgba(self) -> Pixels | None:
        """Those with the transparency: (H, W, 4)."""
        return None if self.transparent is None else _array(self.transparent)

    @property
    def scale(self) -> float:
        """The width of the picture over the full width: 1 unless decoded at reduced scale."""
        return self.picture.width / self.width


def _array(image: Image.Image) -> Pixels:
    """Its pixels, a few rows at a time: at once they would be there three times over."""
    width, height = image.size
    pixels = np.empty((height, width, len(image.getbands())), np.uint8)
    for top in range(0, height, _ROWS):
        below = min(height, top + _ROWS)
        pixels[top:below] = np.asarray(image.crop((0, top, width, below)))
    return pixels
