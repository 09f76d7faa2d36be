"""Boxes of lines as a detector gives them, set out like a page."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Boxes = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

HEIGHT = 20.0
"""Of a line's box, in pixels."""
LEADING = 30.0


def box(left: float, top: float, width: float, height: float = HEIGHT) -> list[list[float]]:
    """One upright box."""
    right, bottom = left + width, top + height
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def boxes(*quads: list[list[float]]) -> Boxes:
    return np.array(quads, np.float32).reshape(-1, 4, 2)


def column(left: float, top: float, widths: Sequence[float]) -> list[list[list[float]]]:
    """Lines below each other, flush left."""
    return [box(left, top + LEADING * index, width) for index, width in enumerate(widths)]


def tilted(page: Boxes, degrees: float) -> Boxes:
    """The page turned clockwise round its corner, its lines with it."""
    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.asarray(page @ matrix, np.float32)
