"""Which gaps between lines on one baseline part columns, and which only cells of a row.

A gap parts columns where the white strip that it lies in has text to be read by itself on either
side: several lines, wide for their height, no figures and no labels. It parts them too where the
lines on both sides don't stand on the same baselines.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from extents import Extents
from rows import Link

SURE_GAP = 0.3
"""A narrower gap, as a multiple of the height, is one between words."""
NARROW_GAP = 1.0
"""A narrower gap needs a longer strip to part columns."""
FEW, MANY = 2, 5
"""Lines beside a strip, on each side: beside a wide gap, and beside a narrow one."""
WIDE, VERY_WIDE = 5.0, 9.0
"""The width of text to be read by itself, as a multiple of its height; of two lines."""
ALIGNED = 0.65
"""The part of the shorter side's lines which have a neighbour across, where rows go across."""
FULL = 0.7
"""A line fills its column where it has this part of the widest one's width."""
TIGHT = 1.6
"""Lines of text to be read by itself follow each other within so many heights."""


@dataclass(frozen=True)
class _Side:
    """The lines along one side of a strip."""

    lines: npt.NDArray[np.int_]
    is_text: bool
    """Whether it reads by itself: wide lines that are neither figures nor labels."""
    fills: bool
    """Whether most lines are about as wide as the widest."""
    is_tight: bool


def joined(page: Extents, links: Sequence[Link], texts: Sequence[str] | None = None) -> list[Link]:
    """Those links that are rows to be read across.

    Args:
        page: the lines of a page.
        links: between neighbours on a baseline.
        texts: what each line says, where that is known yet: figures and labels are told by it.
    """
    near = [link for link in links if link.gap < SURE_GAP]
    units = _Units(page, near, texts)
    return near + [
        link for link in links if link.gap >= SURE_GAP and not units.parts_columns(link, links)
    ]


class _Units:
    """Lines whose narrow gaps are closed, as far as a column's side goes."""

    def __init__(self, page: Extents, near: Sequence[Link], texts: Sequence[str] | None) -> None:
        self._page = page
        self._texts = texts
        self._begins = page.left.copy()
        self._ends = page.right.copy()
        self._inner_left = np.zeros(len(page), bool)
        self._inner_right = np.zeros(len(page), bool)
        followers = {link.left: link.right for link in near}
        for first in set(followers) - set(followers.values()):
            chain = [first]
            while chain[-1] in followers:
                chain.append(followers[chain[-1]])
            self._begins[chain] = page.left[first]
            self._ends[chain] = page.right[chain[-1]]
            self._inner_left[chain[1:]] = True
            self._inner_right[chain[:-1]] = True

    def parts_columns(self, link: Link, links: Sequence[Link]) -> bool:
        left, right = max(
            (self._sides(link, place) for place in self._places(link)),
            key=lambda sides: min(len(sides[0].lines), len(sides[1].lines)),
        )
        least = min(len(left.lines), len(right.lines))
        if least < (FEW if link.gap >= NARROW_GAP else MANY):
            return False
        across = sum(link.left in left.lines and link.right in right.lines for link in links)
        if across < ALIGNED * least:
            return True
        if not (left.is_text and right.is_text):
            return False
        return (left.fills and right.fills) or (left.is_tight and right.is_tight)

    def _places(self, link: Link) -> tuple[float, float, float]:
        begin, end = float(self._ends[link.left]), float(self._begins[link.right])
        inset = (end - begin) / 6
        return begin + inset, (begin + end) / 2, end - inset

    def _sides(self, link: Link, place: float) -> tuple[_Side, _Side]:
        page = self._page
        middle = float(page.middle[[link.left, link.right]].mean())
        crosses = (self._begins < place) & (self._ends > place)
        above = page.middle[crosses & (page.middle < middle)]
        below = page.middle[crosses & (page.middle > middle)]
        top = above.max() if len(above) else -np.inf
        bottom = below.min() if len(below) else np.inf
        within = (page.middle > top) & (page.middle < bottom)
        lefts = np.flatnonzero(within & (self._ends <= place) & ~self._inner_right)
        rights = np.flatnonzero(within & (self._begins >= place) & ~self._inner_left)
        return (
            self._side(self._nearest(lefts, self._ends, place)),
            self._side(self._nearest(rights, self._begins, place)),
        )

    def _nearest(
        self, lines: npt.NDArray[np.int_], edges: npt.NDArray[np.float64], place: float
    ) -> npt.NDArray[np.int_]:
        """Those with no other between them and the strip."""
        page = self._page
        distance = np.abs(edges[lines] - place)
        kept = []
        for line, far in zip(lines.tolist(), distance.tolist(), strict=True):
            level = np.abs(page.middle[lines] - page.middle[line]) < page.height[line] / 2
            if not (level & (distance < far)).any():
                kept.append(line)
        return np.array(kept, int)

    def _side(self, lines: npt.NDArray[np.int_]) -> _Side:
        if len(lines) < FEW:
            return _Side(lines, is_text=False, fills=False, is_tight=False)
        widths = (self._ends - self._begins)[lines]
        height = float(np.median(self._page.height[lines]))
        wide = float(np.median(widths)) >= (VERY_WIDE if len(lines) == FEW else WIDE) * height
        fills = float(np.mean(widths >= FULL * widths.max())) >= 0.5
        pitch = float(np.median(np.diff(np.sort(self._page.middle[lines]))))
        return _Side(lines, wide and not self._are_cells(lines), fills, pitch < TIGHT * height)

    def _are_cells(self, lines: npt.NDArray[np.int_]) -> bool:
        """Whether most are figures or labels."""
        if self._texts is None:
            return False
        cells = [is_figure(self._texts[line]) or is_label(self._texts[line]) for line in lines]
        return sum(cells) >= 0.4 * len(cells)


def is_figure(text: str) -> bool:
    """Whether it is an amount, a date, a time: at least half of it are digits."""
    letters = [letter for letter in text if not letter.isspace()]
    return bool(letters) and 2 * sum(letter.isdigit() for letter in letters) >= len(letters)


def is_label(text: str) -> bool:
    """Whether a value is to follow it."""
    return text.rstrip().endswith((":", "\N{FULLWIDTH COLON}"))
