"""Which gaps between lines on one baseline part columns, and which only cells of a row.

A gap parts columns where the white strip that it lies in has text to be read by itself on either
side: several lines, wide for their height, no figures and no labels. It parts them too where the
lines on both sides don't stand on the same baselines.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from cells import amount_form, are_half_verses, are_names, is_figure, is_label
from extents import Extents
from rows import Link

SURE_GAP = 0.3
"""A narrower gap, as a multiple of the height, is one between words."""
FEW, MANY, MOST = 2, 4, 5
NARROW_GAP, WORD_GAP = 1.0, 0.6
"""Lines beside a strip, on each side: where its gap, over the height, is wider than both of these,
than the second, and than none."""
WIDE, VERY_WIDE = 5.0, 9.0
"""The width of text to be read by itself, as a multiple of its height; the same where only two
lines, or the way they fill their column, tell."""
ALIGNED = 0.65
"""The part of the shorter side's lines which have a neighbour across, where rows go across."""
APART = 2.2
"""A wider gap above or below, as a multiple of the height, ends a strip."""
WORD = 0.15
"""Boxes of neighbours touch or overlap by so much of the height where a strip is narrow."""
FULL = 0.8
"""A line fills its column where it has this part of the widest one's width."""
EDGE = 0.25
"""So far from the ends of a gap, as a multiple of the height, a strip is looked for."""
LISTED = 0.5
"""The part of the shorter side's lines that are amounts of things, where two lists stand side by
side: headings may stand among them."""
THING = 3.0
"""How wide the things in a list are at least, over their height: units of measure aren't."""
TIGHT, TIGHT_ENTRIES = 1.75, 1.5
"""Lines of text to be read by itself follow each other within so many heights; the same of lines
that each begin with a capital."""


@dataclass(frozen=True)
class _Side:
    """The lines along one side of a strip."""

    lines: npt.NDArray[np.int_]
    is_text: bool
    """Whether it reads by itself: wide lines that are neither figures nor labels."""
    is_column: bool
    """Whether its lines follow each other as those of a column do."""


@dataclass(frozen=True)
class _Strip:
    """White from top to bottom, between lines."""

    place: float
    top: float
    bottom: float


def joined(page: Extents, links: Sequence[Link], texts: Sequence[str] | None = None) -> list[Link]:
    """Those links that are rows to be read across.

    Args:
        page: the lines of a page.
        links: between neighbours on a baseline.
        texts: what each line says, where that is known yet: figures and labels are told by it.
    """
    strips = _Strips(page, links, texts)
    return [link for link in links if not strips.part(link)]


class _Strips:
    """The white strips of a page that part its columns."""

    def __init__(self, page: Extents, links: Sequence[Link], texts: Sequence[str] | None) -> None:
        self._page = page
        self._links = {(link.left, link.right) for link in links}
        self._texts = texts
        # How far text reaches without a gap that is wider than one between words.
        near = [link for link in links if link.gap < SURE_GAP]
        self._begins, self._ends = page.left.copy(), page.right.copy()
        for link in sorted(near, key=lambda link: float(page.left[link.right])):
            self._begins[link.right] = self._begins[link.left]
        for link in sorted(near, key=lambda link: -float(page.left[link.right])):
            self._ends[link.left] = self._ends[link.right]
        found = (self._strip(link, place) for link in links for place in self._places(link))
        self._found = [strip for strip in found if strip]

    def part(self, link: Link) -> bool:
        """Whether a strip runs through this gap."""
        page = self._page
        reach = WORD * float(page.height[link.right])
        begin, end = float(page.right[link.left]) - reach, float(page.left[link.right]) + reach
        middle = float(page.middle[[link.left, link.right]].mean())
        return any(
            begin <= strip.place <= end and strip.top <= middle <= strip.bottom
            for strip in self._found
        )

    def _places(self, link: Link) -> Sequence[float]:
        page = self._page
        begin, end = float(page.right[link.left]), float(page.left[link.right])
        if begin > end:
            return ()
        # Close to a column's edge, where the longer lines beside it leave room.
        inset = min((end - begin) / 6, EDGE * float(page.height[link.right]))
        return begin + inset, (begin + end) / 2, end - inset

    def _strip(self, link: Link, place: float) -> _Strip | None:
        """The strip through this place in a gap; None: it parts no columns."""
        page = self._page
        middle = float(page.middle[[link.left, link.right]].mean())
        crosses = (page.left < place) & (page.right > place)
        above = page.middle[crosses & (page.middle < middle)]
        below = page.middle[crosses & (page.middle > middle)]
        top = float(above.max()) if len(above) else -np.inf
        bottom = float(below.min()) if len(below) else np.inf
        # What stands on one baseline with a line that crosses it is not beside the strip.
        off = np.minimum(page.middle - top, bottom - page.middle)
        within = np.flatnonzero(off > page.height / 2)
        left = self._nearest(within[page.right[within] <= place], page.right, place)
        right = self._nearest(within[page.left[within] >= place], page.left, place)
        if not len(left) or not len(right):
            return None
        together = self._together(np.concatenate((left, right)), middle)
        left, right = left[np.isin(left, together)], right[np.isin(right, together)]
        is_narrow = link.gap < NARROW_GAP
        least = FEW if not is_narrow else MANY if link.gap >= WORD_GAP else MOST
        if min(len(left), len(right)) < least or not self._part(left, right):
            return None
        texts = [self._texts[line] for line in (*left, *right)] if self._texts else []
        if is_narrow and texts and are_names(texts):
            return None
        height = float(np.median(page.height[together]))
        middles = page.middle[together]
        return _Strip(place, float(middles.min()) - height / 2, float(middles.max()) + height / 2)

    def _nearest(
        self, lines: npt.NDArray[np.int_], edges: npt.NDArray[np.float64], place: float
    ) -> npt.NDArray[np.int_]:
        """Those with no other between them and the strip."""
        page = self._page
        distance = np.abs(edges[lines] - place)
        off = np.abs(np.subtract.outer(page.middle[lines], page.middle[lines]))
        level = off < page.height[lines][:, None] / 2
        return np.asarray(lines[~(level & np.less.outer(distance, distance).T).any(axis=1)])

    def _together(self, lines: npt.NDArray[np.int_], middle: float) -> npt.NDArray[np.int_]:
        """Those that a wide gap above or below does not part from the line at this height."""
        page = self._page
        order = lines[np.argsort(page.middle[lines])]
        gaps = np.diff(page.middle[order])
        height = float(np.median(page.height[order]))
        usual = float(np.median(gaps[gaps > height / 2])) if (gaps > height / 2).any() else 0.0
        groups = np.concatenate(([0], np.cumsum(gaps > max(APART * height, 1.5 * usual))))
        own = groups[np.argmin(np.abs(page.middle[order] - middle))]
        return np.asarray(order[groups == own])

    def _part(self, left: npt.NDArray[np.int_], right: npt.NDArray[np.int_]) -> bool:
        """Whether the lines on both sides are columns rather than cells of rows."""
        across = sum((one, other) in self._links for one in left for other in right)
        if across < ALIGNED * min(len(left), len(right)) or self._are_lists(left, right):
            return True
        sides = self._side(left), self._side(right)
        if self._texts is not None and are_half_verses([self._texts[line] for line in left]):
            return False
        return all(side.is_text and side.is_column for side in sides)

    def _are_lists(self, left: npt.NDArray[np.int_], right: npt.NDArray[np.int_]) -> bool:
        """Whether two lists of things and amounts stand side by side, as on a menu."""
        if self._texts is None:
            return False
        leaders = {after: before for before, after in self._links}
        followers = dict(self._links)
        pairs = [
            (leaders[one], one, followers[one], followers[followers[one]])
            for one in left.tolist()
            if one in leaders and followers.get(one) in right and followers[one] in followers
        ]
        alike = [pair for pair in pairs if self._are_two_amounts(*pair)]
        widths = self._page.width / self._page.height
        return (
            len(alike) >= max(FEW, ALIGNED * len(pairs), LISTED * min(len(left), len(right)))
            and len({self._texts[thing] for _, _, thing, _ in alike}) > len(alike) / 2
            and float(np.median(widths[[thing for _, _, thing, _ in alike]])) >= THING
        )

    def _are_two_amounts(self, one: int, amount: int, other: int, other_amount: int) -> bool:
        """Whether two things stand in one row, each before an amount written in one way."""
        texts = self._texts or ()
        form = amount_form(texts[amount])
        is_thing = [not is_figure(texts[line]) for line in (one, other)]
        return all(is_thing) and len(form) > 1 and form == amount_form(texts[other_amount])

    def _side(self, lines: npt.NDArray[np.int_]) -> _Side:
        widths = (self._ends - self._begins)[lines]
        height = float(np.median(self._page.height[lines]))
        # Paragraphs of two lines end with a short one each: the longer lines tell.
        long = float(np.percentile(widths, 75)) / height
        fills = float(np.mean(widths >= FULL * widths.max())) >= 0.6 and long >= VERY_WIDE
        pitch = float(np.median(np.diff(np.sort(self._page.middle[lines]))))
        wide = long >= (VERY_WIDE if len(lines) == FEW else WIDE)
        is_text = wide and not self._are_cells(lines)
        tight = TIGHT_ENTRIES if self._are_entries(lines) else TIGHT
        return _Side(lines, is_text, fills or pitch < tight * height)

    def _are_entries(self, lines: npt.NDArray[np.int_]) -> bool:
        """Whether nearly all begin with a capital, as wrapped lines don't."""
        if self._texts is None:
            return False
        firsts = [self._texts[line][:1] for line in lines]
        return sum(map(str.isupper, firsts)) > 0.75 * len(firsts)

    def _are_cells(self, lines: npt.NDArray[np.int_]) -> bool:
        """Whether most are figures or labels."""
        if self._texts is None:
            return False
        cells = [is_figure(self._texts[line]) or is_label(self._texts[line]) for line in lines]
        return sum(cells) >= 0.4 * len(cells)
