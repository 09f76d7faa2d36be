"""The fast guided filter: a coarse mask takes over the edges of the image it was made from.

Kaiming He, Jian Sun, Xiaoou Tang: Guided Image Filtering, TPAMI 2013.
Kaiming He, Jian Sun: Fast Guided Filter, arXiv:1505.00996, 2015.
"""

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from inference.engine.model import Pixels

Plane = npt.NDArray[np.float32]

BAND_ROWS = 256


class GuidedFilter:
    """A local linear model `mask = a * color + b`, fitted small and applied at full size.

    `guide` (h, w, 3) uint8 and `mask` (h, w) from 0 to 1 are the small copies. `radius` is in their
    pixels; the larger `epsilon` (colors from 0 to 1), the softer the result.
    """

    def __init__(self, guide: Pixels, mask: Plane, *, radius: int, epsilon: float) -> None:
        color = np.divide(guide, 255, dtype=np.float32)
        size = (2 * radius + 1, 2 * radius + 1)

        def mean(values: Plane) -> Plane:
            averaged = cv2.boxFilter(values, -1, size, borderType=cv2.BORDER_REPLICATE)
            return np.asarray(averaged, np.float32)

        mean_color, mean_mask = mean(color), mean(mask)
        covariance = mean(color * mask[..., None]) - mean_color * mean_mask[..., None]
        variance = np.empty((*mask.shape, 3, 3), np.float32)
        for i in range(3):
            for j in range(i, 3):
                product = mean(color[..., i] * color[..., j])
                variance[..., i, j] = product - mean_color[..., i] * mean_color[..., j]
                variance[..., j, i] = variance[..., i, j]
        variance += np.float32(epsilon) * np.eye(3, dtype=np.float32)
        slope = np.asarray(np.linalg.solve(variance, covariance[..., None])[..., 0], np.float32)
        intercept = mean_mask - (slope * mean_color).sum(axis=2)
        self._slope, self._intercept = mean(slope), mean(intercept)

    def apply(self, image: Pixels) -> Iterator[tuple[int, Plane]]:
        """The mask at the image's size in bands of rows: where each begins, and its values.

        Values may lie slightly outside 0 to 1. Bands keep memory small for large images.
        """
        rows, columns = image.shape[:2]
        for top in range(0, rows, BAND_ROWS):
            band = np.divide(image[top : top + BAND_ROWS], 255, dtype=np.float32)
            to_small = self._to_small(rows, columns, top)
            shape = (columns, len(band))
            slope = _enlarge(self._slope, to_small, shape)
            intercept = _enlarge(self._intercept, to_small, shape)
            yield top, (slope * band).sum(axis=2) + intercept

    def _to_small(self, rows: int, columns: int, top: int) -> npt.NDArray[np.float64]:
        # Pixel centers lie at half numbers.
        x = self._intercept.shape[1] / columns
        y = self._intercept.shape[0] / rows
        return np.array([[x, 0, x / 2 - 0.5], [0, y, (top + 0.5) * y - 0.5]])


def _enlarge(values: Plane, to_small: npt.NDArray[np.float64], shape: tuple[int, int]) -> Plane:
    enlarged = cv2.warpAffine(
        values,
        to_small,
        shape,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(enlarged, np.float32)
