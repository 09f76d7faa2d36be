"""Which lines stand beside each other, on one baseline."""

from dataclasses import dataclass

import numpy as np
from extents import Extents

NEAR = 0.5
"""Two lines whose middles are no further apart than this part of the smaller one's height, where
one is continued to the other, stand on one baseline."""
SIZES = 2.2
"""Letters on one baseline are at most so many times as large as others."""
OVERLAP = 0.6
"""Boxes reach beyond their letters, so that neighbours may overlap by this part of a height."""


@dataclass(frozen=True)
class Link:
    """Two lines on one baseline with nothing between them."""

    left: int
    right: int
    gap: float
    """Between them, as a multiple of the smaller one's height."""


def links(page: Extents) -> list[Link]:
    """Every two lines that follow each other on a baseline, from narrow to wide gaps."""
    found: list[Link] = []
    followers = {}
    for index in range(len(page)):
        followers[index] = _follower(page, index)
    for index, follower in followers.items():
        if follower is not None and _leader(page, follower) == index:
            height = min(page.height[index], page.height[follower])
            gap = float(page.left[follower] - page.right[index]) / height
            found.append(Link(index, follower, gap))
    return sorted(found, key=lambda link: link.gap)


def rows(count: int, joined: list[Link]) -> list[list[int]]:
    """Lines 0 to count - 1 by rows from the left to the right: those that are joined are in one."""
    next_one = {link.left: link.right for link in joined}
    firsts = set(range(count)) - set(next_one.values())
    chains = []
    for first in sorted(firsts):
        chain = [first]
        while chain[-1] in next_one:
            chain.append(next_one[chain[-1]])
        chains.append(chain)
    return chains


def _follower(page: Extents, index: int) -> int | None:
    """The nearest line on the right on the same baseline."""
    least = page.right[index] - OVERLAP * page.height[index]
    near = _beside(page, index) & (page.left >= least) & (page.right > page.right[index])
    near &= page.left > page.left[index]
    candidates = np.flatnonzero(near)
    return int(candidates[np.argmin(page.left[candidates])]) if len(candidates) else None


def _leader(page: Extents, index: int) -> int | None:
    """The nearest line on the left on the same baseline."""
    most = page.left[index] + OVERLAP * page.height[index]
    near = _beside(page, index) & (page.right <= most) & (page.left < page.left[index])
    near &= page.right < page.right[index]
    candidates = np.flatnonzero(near)
    return int(candidates[np.argmax(page.right[candidates])]) if len(candidates) else None


def _beside(page: Extents, index: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which lines stand on the baseline of one, wherever along it."""
    middle = (page.left + page.right) / 2
    run = middle - middle[index]
    # The longer line tells better where both go.
    mine = page.width[index] >= page.width
    slope = np.where(mine, page.slope[index], page.slope)
    off = np.abs(page.middle - page.middle[index] - slope * run)
    smaller = np.minimum(page.height, page.height[index])
    larger = np.maximum(page.height, page.height[index])
    near = (off <= NEAR * smaller) & (larger <= SIZES * smaller)
    near[index] = False
    return np.asarray(near)
