"""What stands behind the subject in place of its background."""

from typing import Final, Protocol

import cv2
import numpy as np
from guided_filter import enlarged_band
from matte import Matte
from saliency import Plane

from inference.engine.model import Pixels

BLUR: Final = 0.02
"""The deviation of the blur, over the longest side."""


class Backdrop(Protocol):
    """Colors for the rows of a picture."""

    def band(self, rows: slice, width: int) -> Plane:
        """Colors that fit (h, w, 3), from 0 to 255."""


class PlainBackdrop:
    """One color, `#rrggbb`."""

    def __init__(self, color: str) -> None:
        self._color = np.array(list(bytes.fromhex(color.removeprefix("#"))), np.float32)

    def band(self, rows: slice, width: int) -> Plane:
        return np.broadcast_to(self._color, (rows.stop - rows.start, width, 3))


class BlurredBackdrop:
    """The background itself, out of focus. The subject is left out of it: it casts no halo."""

    def __init__(self, image: Pixels, small: Pixels, matte: Matte) -> None:
        self._height = len(image)
        share = 1 - matte.small_alpha
        deviation = max(1.0, BLUR * max(small.shape[:2]))
        weight = cv2.GaussianBlur(share, (0, 0), deviation)
        mixed = cv2.GaussianBlur(small.astype(np.float32) * share[..., None], (0, 0), deviation)
        far = cv2.GaussianBlur(small.astype(np.float32), (0, 0), deviation)
        # Deep inside the subject nothing of the background is near; it is hidden there anyway.
        self._blurred = (mixed + 1e-3 * far) / (weight[..., None] + 1e-3)

    def band(self, rows: slice, width: int) -> Plane:
        shape = rows.stop - rows.start, width
        return enlarged_band(self._blurred, shape, rows.start, self._height)
