"""Lines cut out of the full picture, level and no larger than the readers make use of."""

import cv2
import numpy as np
import numpy.typing as npt
from quads import UPRIGHT_ASPECT
from rules import without_rules

from inference.engine.model import Pixels

MOST_HEIGHT = 96
"""Of a line, in pixels: what is higher is shrunk."""


def cut(image: Pixels, box: npt.NDArray[np.float32]) -> Pixels:
    """The line in a box (4, 2) of an RGB picture, whose edges go on beyond them.

    A line that runs from top to bottom comes out turned counterclockwise to lie. Rules are left
    out.
    """
    across, down = _sides(box)
    lies = not runs_down(box)
    shrink = min(1.0, MOST_HEIGHT / (down if lies else across))
    part, offset = _window(image, box)
    if shrink < 1:
        size = [max(1, round(side * shrink)) for side in part.shape[1::-1]]
        scale = np.array(size) / part.shape[1::-1]
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    else:
        scale = np.ones(2)
    width, height = max(1, round(across * shrink)), max(1, round(down * shrink))
    corners = ((box - offset) * scale).astype(np.float32)
    level = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    line = cv2.warpPerspective(
        np.ascontiguousarray(part),
        cv2.getPerspectiveTransform(corners, level),
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return without_rules(np.asarray(line if lies else np.rot90(line), np.uint8))


def runs_down(box: npt.NDArray[np.float32]) -> bool:
    """Whether the line in a box (4, 2) runs from top to bottom."""
    across, down = _sides(box)
    return down >= UPRIGHT_ASPECT * across


def _sides(box: npt.NDArray[np.float32]) -> tuple[float, float]:
    """How wide and how high a box is, in pixels."""
    sides = np.linalg.norm(np.roll(box, -1, axis=0) - box, axis=1).tolist()
    return max(sides[0], sides[2], 1.0), max(sides[1], sides[3], 1.0)


def _window(image: Pixels, box: npt.NDArray[np.float32]) -> tuple[Pixels, npt.NDArray[np.float32]]:
    """The part of a picture that holds a box, and the part's top left corner."""
    height, width = image.shape[:2]
    left, top = np.floor(box.min(axis=0)).astype(int) - 2
    right, bottom = np.ceil(box.max(axis=0)).astype(int) + 2
    left, top = min(max(0, left), width - 1), min(max(0, top), height - 1)
    right, bottom = max(left + 1, min(width, right)), max(top + 1, min(height, bottom))
    return image[top:bottom, left:right], np.array([left, top], np.float32)
