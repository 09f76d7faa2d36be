"""Where the lines of a page lie, seen along the direction of its text."""

from dataclasses import dataclass

import numpy as np
from quads import Boxes, Floats, heights, run_down, slant, turned, widths
from slopes import straightened


@dataclass(frozen=True)
class Extents:
    """Each line's sides, in pixels, on a page turned so that its lines lie level.

    Where text runs from top to bottom, the page is laid on its side: `left` is where a line
    begins, and `top` lies towards the line that is read before.
    """

    left: Floats
    right: Floats
    middle: Floats
    """Halfway between top and bottom, at the line's own middle."""
    height: Floats
    """Of the letters, about."""
    slope: Floats
    """How far a line goes down for each pixel along, once the page is level; 0: not known."""

    @property
    def top(self) -> Floats:
        """Where the letters begin, about."""
        return self.middle - self.height / 2

    @property
    def bottom(self) -> Floats:
        """Where the letters end, about."""
        return self.middle + self.height / 2

    @property
    def width(self) -> Floats:
        """Along the text."""
        return self.right - self.left

    def __len__(self) -> int:
        return len(self.left)


def runs_down(boxes: Boxes) -> bool:
    """Whether the text of a page runs from top to bottom, as most of its length does."""
    across, down = widths(boxes), heights(boxes)
    is_column = run_down(boxes)
    return bool(down[is_column].sum() > across[~is_column].sum())


def extents(boxes: Boxes) -> Extents:
    """Where boxes (N, 4, 2) of an upright picture lie along their page's text."""
    level = turned(boxes, slant(boxes))
    along, across = widths(boxes), heights(boxes)
    if runs_down(boxes):
        # Columns from the right to the left become rows from the top to the bottom.
        level = np.stack((level[..., 1], -level[..., 0]), axis=-1)
        level = np.roll(level, -1, axis=1)
        along, across = across, along
    straight = straightened(level)
    is_bent, level = straight is not level, straight
    rise = level[:, 1] - level[:, 0] + level[:, 2] - level[:, 3]
    # What is left of slopes on a page that was straightened is noise.
    tells = (along >= 4 * across) & (not is_bent)
    run = np.where(np.abs(rise[:, 0]) > 1, rise[:, 0], 1)
    return Extents(
        left=level[..., 0].min(axis=1).astype(np.float64),
        right=level[..., 0].max(axis=1).astype(np.float64),
        middle=level[..., 1].mean(axis=1).astype(np.float64),
        height=np.maximum(across, 1),
        slope=np.where(tells, rise[:, 1] / run, 0.0),
    )
