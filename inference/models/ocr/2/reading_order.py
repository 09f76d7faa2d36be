"""The order in which a page's lines are read.

Lines on one baseline are joined to rows, rows below each other to blocks; blocks are read in the
order of Breuel, "High Performance Document Layout Analysis", 2003: one above another before it,
and one on the left before one on the right, unless something that spans both parts them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from columns import joined
from extents import Extents, extents
from quads import Boxes
from rows import links, rows

Bools = npt.NDArray[np.bool_]

SHARED = 0.15
"""Two rows stand above each other where they share this part of the narrower one's width."""

ASIDE = 1.25
"""Rows that share no width follow each other, where their middles are so many heights apart."""


@dataclass(frozen=True)
class Block:
    """Rows that follow each other in one column."""

    rows: Sequence[Sequence[int]]
    """The lines' indices, each row from the left to the right."""


def blocks(boxes: Boxes, texts: Sequence[str] | None = None) -> list[Block]:
    """The lines in boxes (N, 4, 2) of an upright picture, in reading order.

    Args:
        boxes: where the lines stand, in pixels.
        texts: what they say, where that is known: figures stay beside what they belong to.
    """
    if not len(boxes):
        return []
    page = extents(boxes)
    found = rows(len(page), joined(page, links(page), texts))
    row_page = _of_rows(page, found)
    chains = _chains(_above(row_page), row_page)
    if _is_one_by_one(row_page):
        return [Block([found[row] for row in run]) for run in _from_the_top(row_page, chains)]
    order = _order(row_page, chains)
    return [Block([found[row] for row in chains[chain]]) for chain in order]


def _of_rows(page: Extents, found: Sequence[Sequence[int]]) -> Extents:
    return Extents(
        left=np.array([page.left[row].min() for row in map(list, found)]),
        right=np.array([page.right[row].max() for row in map(list, found)]),
        middle=np.array([page.middle[row].mean() for row in map(list, found)]),
        height=np.array([np.median(page.height[row]) for row in map(list, found)]),
        slope=np.zeros(len(found)),
    )


def _above(page: Extents) -> Bools:
    """[i, j]: row i stands above row j, and they share a part of the width."""
    shared = np.minimum.outer(page.right, page.right) - np.maximum.outer(page.left, page.left)
    least = np.maximum(1, SHARED * np.minimum.outer(page.width, page.width))
    return np.asarray((shared >= least) & np.less.outer(page.middle, page.middle))


def _chains(above: Bools, page: Extents) -> list[list[int]]:
    """Rows that have nothing but each other next to them, above and below."""
    count = len(page)
    # What stands above something that stands above a row isn't next to it.
    next_to = above & ~((above.astype(np.float32) @ above.astype(np.float32)) > 0)
    follower = {
        row: int(np.flatnonzero(next_to[row])[0]) for row in range(count) if next_to[row].sum() == 1
    }
    follower = {row: below for row, below in follower.items() if next_to[:, below].sum() == 1}
    chains = []
    for first in sorted(set(range(count)) - set(follower.values())):
        chain = [first]
        while chain[-1] in follower:
            chain.append(follower[chain[-1]])
        chains.append(chain)
    return chains


def _is_one_by_one(page: Extents) -> bool:
    """Whether no row stands beside another, as in a conversation told left and right."""
    order = np.argsort(page.middle)
    steps = np.diff(page.middle[order]) / np.maximum(
        page.height[order][1:], page.height[order][:-1]
    )
    shares = _above(page)[order[:-1], order[1:]]
    return bool((steps >= np.where(shares, 0.5, ASIDE)).all())


def _from_the_top(page: Extents, chains: Sequence[Sequence[int]]) -> list[list[int]]:
    """All rows from the top, those together that follow each other in one chain."""
    chain_of = {row: chain for chain, rows in enumerate(chains) for row in rows}
    runs: list[list[int]] = []
    for row in np.argsort(page.middle).tolist():
        if runs and chain_of[runs[-1][-1]] == chain_of[row]:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _order(page: Extents, chains: Sequence[Sequence[int]]) -> list[int]:
    """The chains' indices in reading order."""
    left = np.array([page.left[row].min() for row in map(list, chains)])
    right = np.array([page.right[row].max() for row in map(list, chains)])
    top = np.array([page.top[row].min() for row in map(list, chains)])
    bottom = np.array([page.bottom[row].max() for row in map(list, chains)])
    shared = np.minimum.outer(right, right) - np.maximum.outer(left, left)
    least = np.maximum(1, SHARED * np.minimum.outer(right - left, right - left))
    overlaps = shared >= least
    middle = (top + bottom) / 2
    before = overlaps & np.less.outer(middle, middle)
    for one, other in np.argwhere(~overlaps & np.less.outer(left, left)).tolist():
        upper, lower = (one, other) if middle[one] < middle[other] else (other, one)
        between = (top > bottom[upper] - 1) & (bottom < top[lower] + 1)
        if (overlaps[one] & overlaps[other] & between).any():
            continue
        below = overlaps[upper] & (top > bottom[upper] - 1)
        own = below & overlaps[lower]
        # A heading over columns comes before what stands lower in the first of them, and narrower.
        is_heading = bottom[upper] < top[lower] + 1 and bool((~overlaps[np.ix_(own, below)]).any())
        before[(upper, lower) if is_heading else (one, other)] = True
    return _sorted(before, list(zip(top.tolist(), left.tolist(), strict=True)))


def _sorted(before: Bools, ranks: Sequence[tuple[float, float]]) -> list[int]:
    """All in an order that goes against none of `before`, as far as that is possible."""
    left = set(range(len(ranks)))
    order: list[int] = []
    while left:
        waiting = {index: sum(bool(before[other, index]) for other in left) for index in left}
        chosen = min(left, key=lambda index: (waiting[index], ranks[index]))
        order.append(chosen)
        left.remove(chosen)
    return order
