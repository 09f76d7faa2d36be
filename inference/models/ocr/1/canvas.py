"""An image made fit for the text detector, and the way back to the original's pixels."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inference.engine.model import Pixels

LONGEST_SIDE = 2000
SHORTEST_SIDE = 32
MAX_ASPECT = 4
"""The detector enlarges the short side to 736 pixels, so a strip would become enormous."""


@dataclass(frozen=True)
class Canvas:
    """The image as the detector gets it."""

    pixels: Pixels
    """(H, W, 3), BGR."""
    left: int
    """Where the image begins on the canvas, in its pixels."""
    top: int
    scale_x: float
    """Pixels of the upright full-size image to one of the canvas."""
    scale_y: float
    width: int
    """Of the upright full-size image."""
    height: int

    def to_original(self, boxes: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Boxes (N, 4, 2) on the canvas, in pixels of the upright full-size image."""
        offset = np.array([self.left, self.top], dtype=np.float32)
        scale = np.array([self.scale_x, self.scale_y], dtype=np.float32)
        limit = np.array([self.width, self.height], dtype=np.float32)
        mapped: npt.NDArray[np.float32] = np.clip((boxes - offset) * scale, 0, limit)
        return mapped


def make_canvas(image: Pixels, width: int, height: int) -> Canvas:
    """Shrink RGB pixels to 2000 along the longest side, and pad strips with their mean color."""
    rows, columns = image.shape[:2]
    shrink = min(1.0, LONGEST_SIDE / max(rows, columns))
    if shrink < 1:
        columns, rows = max(1, round(columns * shrink)), max(1, round(rows * shrink))
        shrunk = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA)
        image = np.asarray(shrunk, np.uint8)
    shortest = max(SHORTEST_SIDE, max(rows, columns) // MAX_ASPECT)
    left, top = max(0, shortest - columns) // 2, max(0, shortest - rows) // 2
    right, bottom = max(0, shortest - columns - left), max(0, shortest - rows - top)
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    padded = cv2.copyMakeBorder(
        bgr, top, bottom, left, right, cv2.BORDER_CONSTANT, value=cv2.mean(bgr)
    )
    return Canvas(
        np.asarray(padded, np.uint8), left, top, width / columns, height / rows, width, height
    )
