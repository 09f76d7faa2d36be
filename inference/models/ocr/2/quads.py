"""Boxes as four corners each: what is measured on them and how they turn with the page.

A box is an array (4, 2) of x and y in pixels, clockwise from the corner where its text begins in
an upright picture: the edge from corner 0 to corner 1 points to the right, give or take 45 degrees.
"""

import numpy as np
import numpy.typing as npt

Boxes = npt.NDArray[np.float32]
"""(N, 4, 2)."""
Floats = npt.NDArray[np.float64]

NO_BOXES: Boxes = np.empty((0, 4, 2), np.float32)
UPRIGHT_ASPECT = 1.5
"""A box so many times as high as wide holds a line that runs from top to bottom."""
SLANT_ASPECT = 3.0
"""A box at least so long tells its slant; a shorter one's is noise."""


def widths(boxes: Boxes) -> Floats:
    """The length of each box along its text's direction in an upright picture, in pixels."""
    edges = boxes[:, 1] - boxes[:, 0] + boxes[:, 2] - boxes[:, 3]
    return np.asarray(np.linalg.norm(edges, axis=1) / 2, np.float64)


def heights(boxes: Boxes) -> Floats:
    """The length of each box across that direction, in pixels."""
    edges = boxes[:, 3] - boxes[:, 0] + boxes[:, 2] - boxes[:, 1]
    return np.asarray(np.linalg.norm(edges, axis=1) / 2, np.float64)


def run_down(boxes: Boxes) -> npt.NDArray[np.bool_]:
    """Which boxes hold a line that runs from top to bottom."""
    return heights(boxes) >= UPRIGHT_ASPECT * widths(boxes)


def slant(boxes: Boxes) -> float:
    """By how many degrees, clockwise, the lines of a page are turned; 0 where no box tells it.

    The median over the boxes, each counted by its length.
    """
    across, down = widths(boxes), heights(boxes)
    is_row, is_column = across >= SLANT_ASPECT * down, down >= SLANT_ASPECT * across
    along = boxes[:, 1] - boxes[:, 0] + boxes[:, 2] - boxes[:, 3]
    upright = boxes[:, 3] - boxes[:, 0] + boxes[:, 2] - boxes[:, 1]
    degrees = np.where(
        is_row,
        np.degrees(np.arctan2(along[:, 1], along[:, 0])),
        -np.degrees(np.arctan2(upright[:, 0], upright[:, 1])),
    )
    telling = is_row | is_column
    if not telling.any():
        return 0.0
    degrees, weights = degrees[telling], np.maximum(across, down)[telling]
    order = np.argsort(degrees)
    middle = np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)
    return float(degrees[order[min(middle, len(order) - 1)]])


def turned(boxes: Boxes, degrees: float) -> Boxes:
    """The boxes turned counterclockwise round the origin, so that lines of that slant lie level."""
    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(boxes @ matrix, np.float32)


def unturned(boxes: Boxes, quarters: int, width: int, height: int) -> Boxes:
    """Boxes of a picture that was turned clockwise, in the picture before.

    Args:
        boxes: in pixels of the turned picture; their first corner stays the text's first.
        quarters: how many times by 90 degrees it was turned clockwise, from 0 to 3.
        width: of the picture before, in pixels.
        height: of the picture before, in pixels.
    """
    x, y = boxes[..., 0], boxes[..., 1]
    before = {0: (x, y), 1: (y, height - x), 2: (width - x, height - y), 3: (width - y, x)}
    return np.stack(before[quarters % 4], axis=-1)
