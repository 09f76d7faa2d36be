"""Boxes turned along their letters on a page whose lines aren't parallel.

A detector's box of a few letters tells little of where their line goes; their ink does. Skew is
found as Postl did (1986): summed along the right direction, rows of ink differ the most.
"""

import cv2
import numpy as np
import numpy.typing as npt
from extents import runs_down
from lines import cut
from quads import Boxes, Floats, slant, turned, widths
from slopes import counts_of, field, is_bent, slopes_of

from inference.engine.model import Pixels

HEIGHT = 32
"""Lines are looked at in this height, in pixels."""
SHEARS = np.linspace(-0.14, 0.14, 57)
"""The slopes that are tried, beyond the box's own."""


def along_baselines(image: Pixels, boxes: Boxes) -> Boxes:
    """The boxes (N, 4, 2) of lines of an RGB picture, each with its letters' slope.

    Where the page's lines are parallel the boxes are what they were.
    """
    if len(boxes) == 0 or runs_down(boxes):
        return boxes
    degrees = slant(boxes)
    level = turned(boxes, degrees)
    counts = counts_of(level)
    slopes = slopes_of(level)
    for at in np.flatnonzero(counts).tolist():
        slopes[at] += _ink_slope(cut(image, boxes[at]))
    fitted = field(level, slopes, counts)
    if fitted is None or not is_bent(level, fitted):
        return boxes
    return turned(_with_slopes(level, fitted.slopes(level.mean(axis=1))), -degrees)


def _with_slopes(boxes: Boxes, slopes: Floats) -> Boxes:
    """Boxes of these slopes, with the middles and sizes that they had."""
    middles = boxes.mean(axis=1)
    across = (widths(boxes) / np.sqrt(1 + slopes**2))[:, None]
    along = np.concatenate((across, across * slopes[:, None]), axis=1) / 2
    down = (boxes[:, 3] - boxes[:, 0] + boxes[:, 2] - boxes[:, 1]) / 4
    corners = (-along - down, along - down, along + down, -along + down)
    return np.asarray(middles[:, None] + np.stack(corners, axis=1), np.float32)


def _ink_slope(line: Pixels) -> float:
    """How far the letters of a line (H, W, 3) go down for each pixel along."""
    scale = HEIGHT / line.shape[0]
    size = max(1, round(line.shape[1] * scale)), HEIGHT
    small = cv2.resize(line, size, interpolation=cv2.INTER_AREA)
    rows, columns, weights = _ink(np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8))
    if not len(rows):
        return 0.0
    columns = columns - size[0] / 2
    room = np.abs(SHEARS).max() * size[0]
    sums = [_by_row(rows - shear * columns + room, weights) for shear in SHEARS]
    return float(SHEARS[int(np.argmax([float((np.diff(one) ** 2).sum()) for one in sums]))])


def _by_row(places: Floats, weights: Floats) -> Floats:
    """The weights by whole rows, each shared out between the two that are nearest."""
    above = np.floor(places).astype(int)
    part, count = places - above, int(above.max()) + 2
    upper = np.bincount(above, weights * (1 - part), count)
    return np.asarray(upper + np.bincount(above + 1, weights * part, count))


def _ink(grey: npt.NDArray[np.uint8]) -> tuple[Floats, Floats, Floats]:
    """Rows and columns of what is not paper, and how much it differs from that."""
    away = np.abs(grey.astype(np.float64) - np.median(grey))
    rows, columns = np.nonzero(away > away.max() / 3)
    return rows.astype(np.float64), columns.astype(np.float64), away[rows, columns]
