"""Lines that run across a gutter, where the detector has taken two columns' lines for one.

A gap alone tells nothing: there are wide ones after a mark and between cells. A gutter is white
through several lines below each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from ink import HEIGHT, runs_of
from lines import cut
from quads import Boxes, Floats, heights, slant, turned, widths

from inference.engine.model import Pixels

LONG = 10.0
"""A line that may run across a gutter is so many times as long as high."""
SIDE, SHORT = 4.0, 0.7
"""On either side of a gutter there is so much of it, over its height; behind it so little in a few
lines, where paragraphs end."""
GAP = 0.3
"""White through all lines, over their height, is a gutter from this width on; closer together two
boxes on one baseline touch."""
MARGIN = 0.15
"""What a box keeps around its ink, over its height, where it ends in white."""
WIDE = 0.7
LINES, MORE_LINES, MOST_LINES = 4, 5, 8
"""So many lines that run across it or begin beside it tell a wide one, and a narrower one: marks of
Chinese have white beside them, and all letters are equally wide. So are those of a typewriter,
whose words have as much between them: these stand below each other by chance in five lines."""
OFTEN = 0.2
"""Gaps as wide in a line, over its length in heights, where they stand between words."""
AS_WIDE = 0.8
ALIGNED = 0.5
"""Lines begin beside a gutter where they are so near to it, over their height."""
NEAR = 4.0
"""Lines are below each other where their middles are so near, over their height."""


@dataclass(frozen=True)
class _Gap:
    """White between the letters of one line."""

    line: int
    first: float
    """Along the page's lines, in pixels."""
    end: float
    is_short: bool
    """Whether little stands behind it."""


def split(image: Pixels, boxes: Boxes) -> Boxes:
    """The boxes (N, 4, 2) of lines of an RGB picture, those across a gutter cut in two."""
    boxes = _cleared(image, boxes)
    long = np.flatnonzero(widths(boxes) >= LONG * heights(boxes)).tolist()
    if not long:
        return boxes
    page = _page(boxes)
    gaps = [gap for line in long for gap in _gaps(image, boxes[line], line, page)]
    cuts: dict[int, list[_Gap]] = {}
    for gap in gaps:
        gutter = page.gutter(gap, gaps)
        if gutter:
            cuts.setdefault(gap.line, []).append(gutter)
    kept = [boxes[line][None] for line in range(len(boxes)) if line not in cuts]
    for line, found in cuts.items():
        kept += _parts(boxes[line], sorted(found, key=lambda gap: gap.first), page)
    return np.concatenate(kept) if kept else boxes


def _cleared(image: Pixels, boxes: Boxes) -> Boxes:
    """The boxes, without the gutter where one reaches through it to another beside it."""
    page, found = _page(boxes), boxes.copy()
    length = page.right - page.left
    ends = np.tile([0.0, 1.0], (len(boxes), 1))
    for line, other in page.touching():
        own = _ink(image, boxes[line])
        own = own[own[:, 0] < (page.left[other] - page.left[line]) / length[line]]
        if len(own) and 1 - own[-1, 1] >= WIDE * page.height[line] / length[line]:
            ends[line, 1] = own[-1, 1] + MARGIN * page.height[line] / length[line]
        own = _ink(image, boxes[other])
        own = own[own[:, 1] > (page.right[line] - page.left[other]) / length[other]]
        if len(own) and own[0, 0] >= WIDE * page.height[other] / length[other]:
            ends[other, 0] = own[0, 0] - MARGIN * page.height[other] / length[other]
    for changed in np.flatnonzero((ends != (0, 1)).any(axis=1)).tolist():
        found[changed] = _between(boxes[changed], *ends[changed].tolist())[0]
    return found


def _ink(image: Pixels, box: npt.NDArray[np.float32]) -> Floats:
    """Where ink stands in a box, (N, 2), from 0 to 1 along it."""
    crop = cut(image, box)
    return np.asarray(runs_of(crop) * crop.shape[0] / (crop.shape[1] * HEIGHT), np.float64)


def _page(boxes: Boxes) -> "_Page":
    level = turned(boxes, slant(boxes))
    left, right = level[..., 0].min(axis=1), level[..., 0].max(axis=1)
    return _Page(left, right, level[..., 1].mean(axis=1), heights(boxes))


@dataclass(frozen=True)
class _Page:
    left: Floats
    right: Floats
    middle: Floats
    height: Floats

    def touching(self) -> list[tuple[int, int]]:
        """Lines, each with the one on its baseline that begins where it ends, or before."""
        level = np.abs(np.subtract.outer(self.middle, self.middle)) < self.height[:, None] / 2
        gap = self.left[None, :] - self.right[:, None]
        after = (self.left[None, :] > self.left[:, None]) & (self.right > self.right[:, None])
        near = level & after & (gap < GAP * self.height[:, None])
        return [(int(line), int(other)) for line, other in np.argwhere(near)]

    def gutter(self, gap: _Gap, gaps: Sequence[_Gap]) -> _Gap | None:
        """The part of a gap that is white above and below it too; None: it is no gutter."""
        height = float(self.height[gap.line])
        first, end, count, short = gap.first, gap.end, 1, int(gap.is_short)
        for way in (-1, 1):
            last = gap.line
            while (following := self._next(last, (first + end) / 2, way)) is not None:
                same = [
                    (max(first, one.first), min(end, one.end), one.is_short)
                    for one in gaps
                    if one.line == following
                ]
                wide = [part for part in same if part[1] - part[0] >= GAP * height]
                if not wide:
                    break
                first, end, is_short = max(wide, key=lambda part: part[1] - part[0])
                last, count, short = following, count + 1, short + is_short
        count += self._beginning(end, gap.line)
        often = OFTEN * (self.right[gap.line] - self.left[gap.line]) / height
        as_wide = [one for one in gaps if one.end - one.first >= AS_WIDE * (end - first)]
        alike = sum(one.line == gap.line for one in as_wide)
        narrow = MOST_LINES if alike > often else MORE_LINES
        least = LINES if end - first >= WIDE * height else narrow
        is_gutter = count >= least and 2 * short <= count
        return replace(gap, first=first, end=end) if is_gutter else None

    def _next(self, line: int, place: float, way: int) -> int | None:
        """The nearest line above (-1) or below (1) that runs across a place."""
        off = way * (self.middle - self.middle[line])
        height = self.height[line]
        crosses = (self.left < place - height) & (self.right > place + height)
        near = np.flatnonzero(crosses & (off > height / 2) & (off < NEAR * height))
        return int(near[off[near].argmin()]) if len(near) else None

    def _beginning(self, place: float, line: int) -> int:
        """How many lines near a line begin at a place."""
        height = self.height[line]
        near = np.abs(self.middle - self.middle[line]) < LINES * NEAR * height
        return int((near & (np.abs(self.left - place) < ALIGNED * height)).sum())


def _gaps(image: Pixels, box: npt.NDArray[np.float32], line: int, page: _Page) -> list[_Gap]:
    crop = cut(image, box)
    runs = runs_of(crop)
    scale = float(page.right[line] - page.left[line]) / (crop.shape[1] * HEIGHT / crop.shape[0])
    left, width = float(page.left[line]), crop.shape[1] * HEIGHT / crop.shape[0]
    return [
        _Gap(line, left + scale * first, left + scale * end, end > width - SIDE * HEIGHT)
        for first, end in zip(runs[:-1, 1].tolist(), runs[1:, 0].tolist(), strict=True)
        if end - first >= GAP * HEIGHT and first > SIDE * HEIGHT and end < width - SHORT * HEIGHT
    ]


def _parts(
    box: npt.NDArray[np.float32], gutters: Sequence[_Gap], page: _Page
) -> list[npt.NDArray[np.float32]]:
    """A box (4, 2) without its gutters: one more than there are, (1, 4, 2) each."""
    line = gutters[0].line
    left, length = float(page.left[line]), float(page.right[line] - page.left[line])
    edges = [0.0]
    for gutter in gutters:
        edges += [(gutter.first - left) / length, (gutter.end - left) / length]
    edges.append(1.0)
    return [_between(box, first, end) for first, end in zip(edges[::2], edges[1::2], strict=True)]


def _between(box: npt.NDArray[np.float32], first: float, end: float) -> npt.NDArray[np.float32]:
    top, bottom = box[1] - box[0], box[2] - box[3]
    corners = [
        box[0] + first * top,
        box[0] + end * top,
        box[3] + end * bottom,
        box[3] + first * bottom,
    ]
    return np.array([corners], np.float32)
