"""Copies of a photo at the size at which it is painted."""

import cv2
import numpy as np

from inference.engine.model import Pixels


def shrunk(photo: Pixels, longest_side: int) -> Pixels:
    """The photo (H, W, 3) with at most so many pixels on its longest side; never enlarged."""
    height, width = photo.shape[:2]
    scale = longest_side / max(height, width)
    if scale >= 1:
        return photo
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)


def padded(picture: Pixels, *, multiple: int, least: int) -> Pixels:
    """The picture, its last rows and columns repeated until its sides are multiples and at least
    `least` pixels."""
    height, width = picture.shape[:2]
    below, right = (max(least, -(-side // multiple) * multiple) - side for side in (height, width))
    if not below and not right:
        return picture
    bordered = cv2.copyMakeBorder(picture, 0, below, 0, right, cv2.BORDER_REPLICATE)
    return np.asarray(bordered, np.uint8)


def middle_square(picture: Pixels) -> Pixels:
    """The largest square in the middle of a picture."""
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return picture[top : top + side, left : left + side]
