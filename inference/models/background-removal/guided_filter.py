"""The fast guided filter: a coarse mask takes over the edges of the image it was made from.

Kaiming He, Jian Sun, Xiaoou Tang: Guided Image Filtering, TPAMI 2013.
Kaiming He, Jian Sun: Fast Guided Filter, arXiv:1505.00996, 2015.
"""

import cv2
import numpy as np
import numpy.typing as npt

from inference.engine.model import Pixels

Plane = npt.NDArray[np.float32]


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

        def variance(i: int, j: int) -> Plane:
            return mean(color[..., i] * color[..., j]) - mean_color[..., i] * mean_color[..., j]

        # The inverse of a symmetric 3 x 3 matrix written out: ten times as fast as a solver.
        a, b, c = variance(0, 0) + epsilon, variance(0, 1), variance(0, 2)
        d, e, f = variance(1, 1) + epsilon, variance(1, 2), variance(2, 2) + epsilon
        aa, bb, cc = d * f - e * e, c * e - b * f, b * e - c * d
        dd, ee, ff = a * f - c * c, b * c - a * e, a * d - b * b
        determinant = a * aa + b * bb + c * cc
        x, y, z = covariance[..., 0], covariance[..., 1], covariance[..., 2]
        slope = np.stack(
            [aa * x + bb * y + cc * z, bb * x + dd * y + ee * z, cc * x + ee * y + ff * z], axis=2
        )
        slope /= determinant[..., None]
        self._slope = mean(slope)
        self._intercept = mean(mean_mask - (slope * mean_color).sum(axis=2))

    def apply(self, image: Pixels, top: int, rows: int) -> Plane:
        """The mask for rows `top` to `top + rows` of the image at its full size.

        Values may lie slightly outside 0 to 1. A band at a time keeps memory small.
        """
        height = len(image)
        band = image[top : top + rows]
        slope = enlarged_band(self._slope, band.shape[:2], top, height)
        intercept = enlarged_band(self._intercept, band.shape[:2], top, height)
        slope *= band
        return np.asarray(slope.sum(axis=2) / 255 + intercept, np.float32)


def enlarged_band(values: Plane, shape: tuple[int, int], top: int, height: int) -> Plane:
    """A band of `shape` (rows, columns) from row `top` of the values enlarged to `height` rows."""
    rows, columns = shape
    # Pixel centers lie at half numbers.
    x, y = values.shape[1] / columns, values.shape[0] / height
    to_small = np.array([[x, 0, x / 2 - 0.5], [0, y, (top + 0.5) * y - 0.5]])
    enlarged = cv2.warpAffine(
        values,
        to_small,
        (columns, rows),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(enlarged, np.float32)
