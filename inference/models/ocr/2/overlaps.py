"""Lines set so close that their boxes reach into each other's letters.

A detector's boxes are larger than their letters; where lines follow each other without white
between, each box would hold parts of two lines.
"""

import numpy as np
import numpy.typing as npt
from extents import runs_down
from quads import Boxes, heights, slant, turned

OVER, MOST_OVER = 0.08, 0.55
"""Boxes reach into each other by so much of the smaller one's height; by more, one holds lines of
the other."""
SHARED = 0.3
"""Lines are below each other where they share so much of the narrower one's width."""
CROWDED_OVER = 0.2
"""Where boxes reach into each other by so much, some may hold two lines."""
CROWDED = 0.3
"""The part of a page's boxes that do, from which on it is looked at more closely."""


def apart(boxes: Boxes) -> Boxes:
    """The boxes (N, 4, 2) of a page's lines, each ending halfway into what it shared."""
    if len(boxes) < 2 or runs_down(boxes):
        return boxes
    degrees = slant(boxes)
    level = turned(boxes, degrees)
    upper, lower = _overlaps(level, OVER)
    if not len(upper):
        return boxes
    found = level.copy()
    shared = _reach(level)[upper, lower] / 2
    for one, other, by in zip(upper.tolist(), lower.tolist(), shared.tolist(), strict=True):
        limit = float(level[one, 2:, 1].mean()) - by
        found[one, 2:, 1] = np.minimum(found[one, 2:, 1], _edge(level[one, 2:, 1], limit))
        found[other, :2, 1] = np.maximum(found[other, :2, 1], _edge(level[other, :2, 1], limit))
    return turned(found, -degrees)


def is_crowded(boxes: Boxes) -> bool:
    """Whether many boxes of a page reach far into others."""
    if len(boxes) < 2 or runs_down(boxes):
        return False
    pairs = _overlaps(turned(boxes, slant(boxes)), CROWDED_OVER)
    return len(set(np.concatenate(pairs).tolist())) >= max(2, CROWDED * len(boxes))


def _edge(edge: npt.NDArray[np.float32], height: float) -> npt.NDArray[np.float32]:
    """An edge's two heights, moved so that its middle lies at one."""
    return np.asarray(edge - edge.mean() + height, np.float32)


def _reach(boxes: Boxes) -> npt.NDArray[np.float64]:
    """[i, j]: by how many pixels box i reaches below the top of box j."""
    tops, bottoms = boxes[:, :2, 1].mean(axis=1), boxes[:, 2:, 1].mean(axis=1)
    return np.asarray(np.subtract.outer(bottoms, tops), np.float64)


def _overlaps(boxes: Boxes, least: float) -> tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]:
    """The upper and the lower one of every two level boxes that reach into each other."""
    left, right = boxes[..., 0].min(axis=1), boxes[..., 0].max(axis=1)
    middle, high = boxes[..., 1].mean(axis=1), heights(boxes)
    shared = np.minimum.outer(right, right) - np.maximum.outer(left, left)
    is_below = shared >= SHARED * np.minimum.outer(right - left, right - left)
    smaller = np.minimum.outer(high, high)
    reach = _reach(boxes)
    is_above = np.subtract.outer(middle, middle) < -smaller / 2
    over = is_below & is_above & (reach >= least * smaller) & (reach <= MOST_OVER * smaller)
    upper, lower = np.nonzero(over)
    return upper, lower
