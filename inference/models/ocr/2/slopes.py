"""How the lines of a page go up and down where they aren't parallel: on a photo taken aslant they
run together on one side, on a page that bends they rise and fall.

Their slope at a place is fitted to those of their boxes, and to how high boxes beside each other
lie; each place is then followed along it to the middle of the page.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from quads import Boxes, Floats, heights, widths

LEAST = 4
"""So many boxes tell how slopes change over a page."""
LEAST_ASPECT, MOST_ASPECT = 1.5, 12.0
"""Boxes shorter than this, over their height, tell no slope; longer ones count no more."""
STEEPEST = 0.35
"""The slope of a box that tells one, at most."""
PRIOR = np.array([0.0, 0.001, 0.001, 0.004])
"""How little slopes are expected to change from the left to the right, from above to below, and to
bend: of all boxes' squared errors, what a change of one over the page's longer side counts."""
OUTLYING = 0.015
"""A box whose slope is so far off the fitted one counts half."""
ROUNDS = 6
BETTER = 0.75
"""The slopes that are left are at most this part of what they were, else lines are parallel."""
SHIFT = 0.3
"""Where no line comes to lie by so many of its heights elsewhere, lines are parallel."""
STEPS = 24
BESIDE = 0.45
"""Two boxes are of one row where their middles, followed to one place, are so near, over the
smaller one's height."""
SIZES = 1.6
"""One is at most so many times as high as the other."""
LEAST_PAIRS = 3
ROW, LEFT = 0.12, 0.5
"""Of a row the middles are then so many heights apart, and at most this part of what they were."""
PAIR_COUNTS = 3.0
"""How much more the heights of boxes beside each other tell than all their slopes."""

Pairs = npt.NDArray[np.int_]
"""(N, 2), the indices of two boxes, the left one first."""


@dataclass(frozen=True)
class Field:
    """The slope that lines have at each place of a page."""

    center: Floats
    size: float
    factors: Floats

    def slopes(self, places: Floats) -> Floats:
        """How far lines go down for each pixel along, at places (N, 2) in pixels."""
        return np.asarray(_terms((places - self.center) / self.size) @ self.factors)

    def followed(self, places: Floats) -> Floats:
        """How high the lines through places (N, 2) lie at the middle of the page."""
        moved = places.astype(np.float64)
        step = (self.center[0] - moved[:, 0]) / STEPS
        for _ in range(STEPS):
            moved[:, 1] += step * self.slopes(moved)
            moved[:, 0] += step
        return np.asarray(moved[:, 1])


def straightened(boxes: Boxes) -> Boxes:
    """Boxes (N, 4, 2) of a page whose lines are level on average, moved so that all are."""
    found = field(boxes, slopes_of(boxes), counts_of(boxes))
    if found is None or not is_bent(boxes, found):
        return boxes
    moved = boxes.copy()
    moved[..., 1] = found.followed(_points(boxes)).reshape(-1, 4)
    return moved


def field(boxes: Boxes, slopes: Floats, counts: Floats) -> Field | None:
    """Where the slopes (N,) of boxes (N, 4, 2) come from; None: lines are parallel, or few.

    Args:
        boxes: in pixels, level on average.
        slopes: how far each goes down for each pixel along.
        counts: how much each counts.
    """
    if (counts > 0).sum() < LEAST:
        return None
    found = _fitted(boxes, slopes, counts, np.empty((0, 2), int))
    for _ in range(ROUNDS):
        pairs = _pairs(boxes, found)
        if len(pairs) >= LEAST_PAIRS:
            by_rows = _fitted(boxes, slopes, counts, pairs)
            if _are_rows(boxes, by_rows, pairs):
                found = by_rows
    pairs = _pairs(boxes, found)
    if len(pairs) >= LEAST_PAIRS and _are_rows(boxes, found, pairs):
        return found
    middles = _middles(boxes)
    left = np.average(np.abs(slopes - found.slopes(middles)), weights=counts)
    return found if left <= BETTER * np.average(np.abs(slopes), weights=counts) else None


def is_bent(boxes: Boxes, found: Field) -> bool:
    """Whether lines come to lie elsewhere by more than what boxes are inexact."""
    corners = _points(boxes)
    shifts = np.abs(found.followed(corners) - corners[:, 1])
    return bool(shifts.max(initial=0) >= SHIFT * np.median(heights(boxes)))


def slopes_of(boxes: Boxes) -> Floats:
    """How far each box goes down for each pixel along."""
    along = (boxes[:, 1] - boxes[:, 0] + boxes[:, 2] - boxes[:, 3]).astype(np.float64)
    return np.asarray(along[:, 1] / np.where(np.abs(along[:, 0]) > 1, along[:, 0], 1))


def counts_of(boxes: Boxes) -> Floats:
    """How much each box's slope tells: nothing where it is short."""
    aspects = widths(boxes) / np.maximum(heights(boxes), 1)
    tells = (aspects >= LEAST_ASPECT) & (np.abs(slopes_of(boxes)) <= STEEPEST)
    return np.asarray(np.where(tells, np.minimum(aspects, MOST_ASPECT) ** 2, 0.0))


def _points(boxes: Boxes) -> Floats:
    """The corners of boxes (N, 4, 2): (4 N, 2)."""
    return boxes.reshape(-1, 2).astype(np.float64)


def _middles(boxes: Boxes) -> Floats:
    return np.asarray(boxes.mean(axis=1), np.float64)


def _terms(places: Floats) -> Floats:
    """What a slope is a sum of at places (N, 2), in parts of the page: (N, 4)."""
    x, y = places[:, 0], places[:, 1]
    return np.stack((np.ones_like(x), x, y, x * x), axis=1)


def _means(one: Floats, other: Floats) -> Floats:
    """The same on average on the way from a place (N, 2) to another: (N, 4)."""
    a, b = one[:, 0], other[:, 0]
    mean = (a * a + a * b + b * b) / 3
    return np.stack((np.ones_like(a), (a + b) / 2, (one[:, 1] + other[:, 1]) / 2, mean), axis=1)


def _fitted(boxes: Boxes, slopes: Floats, counts: Floats, pairs: Pairs) -> Field:
    """The field that comes nearest to the slopes and to level rows, outliers counted less."""
    corners = _points(boxes)
    low, high = corners.min(axis=0), corners.max(axis=0)
    found = Field((low + high) / 2, float((high - low).max()), np.zeros(len(PRIOR)))
    places = (_middles(boxes) - found.center) / found.size
    one, other = places[pairs[:, 0]], places[pairs[:, 1]]
    run = other[:, 0] - one[:, 0]
    terms = np.concatenate((_terms(places), _means(one, other)))
    values = np.concatenate((slopes, (other[:, 1] - one[:, 1]) / np.where(run > 0, run, 1)))
    weights = np.concatenate((counts / counts.sum(), PAIR_COUNTS * run**2 / max(1, len(run))))
    factors: Floats = np.zeros(len(PRIOR))
    trust: Floats = np.ones(len(values))
    for _ in range(ROUNDS):
        own = weights * trust
        squares = terms.T @ (terms * own[:, None]) + np.diag(PRIOR) + 1e-9 * np.eye(len(factors))
        factors = np.asarray(np.linalg.solve(squares, terms.T @ (values * own)), np.float64)
        trust = np.asarray(1 / (1 + np.abs(values - terms @ factors) / OUTLYING), np.float64)
    return replace(found, factors=factors)


def _pairs(boxes: Boxes, found: Field) -> Pairs:
    """The boxes with the next one in their row."""
    lies = found.followed(_middles(boxes))
    high = heights(boxes)
    left, right = boxes[..., 0].min(axis=1), boxes[..., 0].max(axis=1)
    pairs = []
    for at in range(len(boxes)):
        least = np.minimum(high, high[at])
        beside = (left >= right[at] - BESIDE * least) & (np.abs(lies - lies[at]) <= BESIDE * least)
        beside &= np.maximum(high, high[at]) <= SIZES * least
        others = np.flatnonzero(beside)
        if len(others):
            pairs.append((at, int(others[np.argmin(left[others])])))
    return np.array(pairs, int).reshape(-1, 2)


def _are_rows(boxes: Boxes, found: Field, pairs: Pairs) -> bool:
    """Whether a field brings those beside each other to one height, which they hadn't."""
    level = replace(found, factors=np.zeros(len(PRIOR)))
    high = np.minimum(*heights(boxes)[pairs.T])
    middles = _middles(boxes)
    off, before = (
        np.median(np.abs(np.subtract(*one.followed(middles)[pairs.T])) / high)
        for one in (found, level)
    )
    return bool(off <= min(ROW, LEFT * before))
