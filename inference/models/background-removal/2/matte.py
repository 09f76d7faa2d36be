"""From a mask on a small copy to alpha and clean colors at full size, a band of rows at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from guided_filter import GuidedFilter, enlarged_band
from saliency import Plane

from inference.engine.model import Pixels

BAND_ROWS: Final = 128
RADIUS: Final = 8 / 1024
"""Of the guided filter, over the longest side."""
EPSILON: Final = 1e-3
SOLID: Final = 0.08
"""Alpha this close to 0 or 1 becomes it, so that the filter leaves no haze."""
LEAST_SEEN: Final = 0.1
"""What is less opaque is not seen, and what lacks less is seen whole."""
HAZE: Final = 0.2
"""The part of a subject that is seen in part, where the network is not sure of it."""
HAZE_WIDTH: Final = 0.007
"""How wide it then is along the edge, over the longest side: small and thin subjects, which are
nearly all edge, mostly have less."""
COLOR_RADIUS: Final = 0.02
"""Around a pixel of the rim, over the longest side, for the colors of subject and background."""


@dataclass(frozen=True)
class Band:
    """Some rows of a picture whose subject is known."""

    rows: slice
    alpha: Plane
    """(h, w), from 0 to 1."""
    color: Pixels
    """(h, w, 3): the subject's alone, without what shines through its rim."""


class Matte:
    """The subject of a picture, apart from its background.

    The colors are those of Marco Forte: Approximate Fast Foreground Colour Estimation, ICIP 2021.
    """

    def __init__(self, image: Pixels, small: Pixels, mask: Plane) -> None:
        """`mask` (h, w), from 0 to 1, belongs to `small`, the copy of `image`."""
        self._image = image
        longest = max(small.shape[:2])
        self._filter = GuidedFilter(
            small, mask, radius=max(2, round(RADIUS * longest)), epsilon=EPSILON
        )
        self.small_alpha = _solid(self._filter.apply(small, 0, len(small)))
        radius = max(4, round(COLOR_RADIUS * longest))
        self._front, self._back = _colors(small, self.small_alpha, radius)

    @property
    def is_hazy(self) -> bool:
        """Whether much of the subject is seen in part only, and more than at its edge."""
        seen, solid = self.small_alpha > LEAST_SEEN, self.small_alpha > 0.5
        partly = int((seen & (self.small_alpha < 1 - LEAST_SEEN)).sum())
        inner = cv2.erode(solid.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1)
        edge = int((solid & (inner == 0)).sum())
        widest = HAZE_WIDTH * max(solid.shape)
        return partly >= HAZE * int(seen.sum()) and partly >= widest * edge

    def bands(self) -> Iterator[Band]:
        """The whole picture from top to bottom."""
        height = len(self._image)
        for top in range(0, height, BAND_ROWS):
            rows = slice(top, min(top + BAND_ROWS, height))
            alpha = _solid(self._filter.apply(self._image, top, BAND_ROWS))
            color = self._image[rows].copy()
            rim = (alpha > 0) & (alpha < 1)
            if rim.any():
                part = alpha[rim][:, None]
                front = enlarged_band(self._front, alpha.shape, top, height)[rim]
                back = enlarged_band(self._back, alpha.shape, top, height)[rim]
                seen = color[rim].astype(np.float32)
                clean = front + part * (seen - part * front - (1 - part) * back)
                color[rim] = np.rint(np.clip(clean, 0, 255))
            yield Band(rows, alpha, color)


def _solid(alpha: Plane) -> Plane:
    return np.asarray(np.clip((alpha - SOLID) / (1 - 2 * SOLID), 0, 1), np.float32)


def _colors(image: Pixels, alpha: Plane, radius: int) -> tuple[Plane, Plane]:
    """The colors of subject and background around each pixel, (h, w, 3) each."""
    color, share = image.astype(np.float32), alpha[..., None]
    size = (2 * radius + 1, 2 * radius + 1)
    weight = cv2.blur(alpha, size)[..., None]
    front = cv2.blur(color * share, size) / (weight + 1e-3)
    back = cv2.blur(color * (1 - share), size) / (1 - weight + 1e-3)
    return front, back
