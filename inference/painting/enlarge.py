"""A painting of a small copy of a photo, enlarged to the photo's size with the photo's own detail.

What the copy lacks is the photo's fine luminance. How much of it belongs to the painting at each
place is the slope of a local linear model of the painting's luminance over the copy's, as in

Kaiming He, Jian Sun: Fast Guided Filter, arXiv:1505.00996, 2015.

The strokes, which that model does not explain, are kept: they are enlarged with the painting.
"""

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from inference.engine.model import Pixels

Plane = npt.NDArray[np.float32]

RADIUS: Final = 8
"""Of the local model, in pixels of the copy."""
EPSILON: Final = 1e-3
"""Luminance (from 0 to 1) that varies less counts as flat."""
STEEPEST: Final = 1.0
"""Where the painting has more contrast than the photo, detail is not blown up with it."""
BAND_ROWS: Final = 256
_LUMINANCE: Final = np.array([[0.299, 0.587, 0.114]], np.float32)
"""ITU-R BT.601."""


class Enlarger:
    """Brings a painting to the size of its photo, in bands of rows that keep memory small."""

    def __init__(self, copy: Pixels, painting: Pixels, *, preserve_color: bool) -> None:
        """`copy` (h, w, 3) is the small photo, `painting` (h, w, 3) what was made of it.

        With `preserve_color` the photo keeps its colors, and has the painting's luminance.
        """
        self._painting = painting
        self._luminance = _luminance(copy)
        self._slope = _slope(self._luminance, _luminance(painting))
        self._preserve_color = preserve_color

    def bands(self, photo: Pixels) -> Iterator[tuple[int, Pixels]]:
        """The painting at the size of the photo (H, W, 3): where each band begins, and its rows."""
        for top in range(0, photo.shape[0], BAND_ROWS):
            yield top, self._band(photo, top)

    def _band(self, photo: Pixels, top: int) -> Pixels:
        rows = photo[top : top + BAND_ROWS]
        luminance = _luminance(rows)
        if self._painting.shape == photo.shape:
            band = np.multiply(self._painting[top : top + BAND_ROWS], 1 / 255, dtype=np.float32)
        else:
            where = self._to_copy(photo, top)
            band = _enlarged(self._painting, where, rows, cv2.INTER_CUBIC)
            band *= np.float32(1 / 255)
            detail = luminance - _enlarged(self._luminance, where, rows, cv2.INTER_CUBIC)
            detail *= _enlarged(self._slope, where, rows, cv2.INTER_LINEAR)
            band += detail[..., None]
        if self._preserve_color:
            painted = np.asarray(cv2.transform(band, _LUMINANCE), np.float32).reshape(
                luminance.shape
            )
            band = np.multiply(rows, 1 / 255, dtype=np.float32)
            band += (painted - luminance)[..., None]
        return np.asarray(cv2.convertScaleAbs(np.maximum(band, 0, out=band), alpha=255), np.uint8)

    def _to_copy(self, photo: Pixels, top: int) -> npt.NDArray[np.float64]:
        # Pixel centers lie at half numbers.
        y, x = (small / large for small, large in zip(self._slope.shape, photo.shape, strict=False))
        return np.array([[x, 0, x / 2 - 0.5], [0, y, (top + 0.5) * y - 0.5]])


def _luminance(picture: Pixels) -> Plane:
    """(h, w) from 0 to 1."""
    values = np.multiply(picture, 1 / 255, dtype=np.float32)
    return np.asarray(cv2.transform(values, _LUMINANCE), np.float32).reshape(picture.shape[:2])


def _slope(photo: Plane, painting: Plane) -> Plane:
    size = (2 * RADIUS + 1, 2 * RADIUS + 1)

    def mean(values: Plane) -> Plane:
        averaged = cv2.boxFilter(values, -1, size, borderType=cv2.BORDER_REPLICATE)
        return np.asarray(averaged, np.float32).reshape(values.shape)

    covariance = mean(photo * painting) - mean(photo) * mean(painting)
    variance = mean(photo * photo) - mean(photo) ** 2
    return np.clip(mean(covariance / (variance + np.float32(EPSILON))), 0, STEEPEST)


def _enlarged(
    values: npt.NDArray[np.float32 | np.uint8],
    to_copy: npt.NDArray[np.float64],
    rows: Pixels,
    interpolation: int,
) -> Plane:
    enlarged = cv2.warpAffine(
        values.astype(np.float32, copy=False),
        to_copy,
        (rows.shape[1], rows.shape[0]),
        flags=interpolation | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(enlarged, np.float32).reshape(*rows.shape[:2], *values.shape[2:])
