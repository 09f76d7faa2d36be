"""Which part of a picture is its subject, on a small copy of it."""

from typing import Final

import cv2
import numpy as np
from saliency import Plane, SaliencyNetwork

from inference.engine.model import Pixels

Box = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels."""

LONGEST_SIDE: Final = 1024
"""Of the small copy, in pixels."""
SMALL_SUBJECT: Final = 0.35
"""A subject whose box covers less of the picture is looked at again from near."""
NEAR_MARGIN: Final = 0.12
"""What the second look shows around the subject's box, of its size."""
BEYOND: Final = 0.12
"""How much of the picture is mirrored beyond its edges for that look, of its size."""
TOUCHED: Final = 0.3
"""Saliency in the outermost rows and columns from which on a subject may go on beyond them."""
LARGE: Final = 4_000_000
"""Pixels of a picture that itself takes so much memory that looking at it is to take less."""
UNSURE: Final = (0.3, 0.7)
"""Below and above these the network is taken to be sure."""


def shrink(image: Pixels, longest: int = LONGEST_SIDE) -> Pixels:
    """A copy whose longest side has at most so many pixels."""
    scale = longest / max(image.shape[:2])
    if scale >= 1:
        return image
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def scaled(box: Box, image: Pixels, small: Pixels) -> Box:
    """The same box on the small copy, at least a pixel large."""
    across, down = small.shape[1] / image.shape[1], small.shape[0] / image.shape[0]
    left, top = int(box[0] * across), int(box[1] * down)
    right, bottom = round(box[2] * across), round(box[3] * down)
    return left, top, max(left + 1, right), max(top + 1, bottom)


class SubjectFinder:
    """Finds the subject by the network, from near where it is small."""

    def __init__(self, network: SaliencyNetwork) -> None:
        self._network = network

    def mask(self, image: Pixels, small: Pixels, within: Box | None) -> Plane:
        """How much each pixel of the small copy is the subject's, from 0 to 1.

        `within`, on the small copy, holds the subject; None: nobody has said where it is.
        """
        if within is not None:
            saliency = self._look(image, small, within)
        else:
            is_lean = _is_large(image)
            saliency = self._network.saliency(small, small.shape[:2], is_lean=is_lean)
            if _touches_an_edge(saliency):
                saliency = np.maximum(saliency, self._beyond(small, is_lean=is_lean))
            near = _near(saliency)
            if near is not None:
                saliency = np.asarray((saliency + self._look(image, small, near)) / 2, np.float32)
        low, high = UNSURE
        return np.asarray(np.clip((saliency - low) / (high - low), 0, 1), np.float32)

    def _beyond(self, small: Pixels, *, is_lean: bool) -> Plane:
        """What the network sees with the picture mirrored beyond its edges, and itself flipped.

        It tends to end early a body that the edges cut off, which goes on in the mirror. What it
        overlooks it often sees where left is right: flipping costs nothing more.
        """
        height, width = small.shape[:2]
        down, across = round(height * BEYOND), round(width * BEYOND)
        wider = cv2.copyMakeBorder(small, down, down, across, across, cv2.BORDER_REFLECT)
        flipped = np.asarray(cv2.flip(wider, 1), np.uint8)
        seen = self._network.saliency(flipped, wider.shape[:2], is_lean=is_lean)[:, ::-1]
        return seen[down : down + height, across : across + width]

    def _look(self, image: Pixels, small: Pixels, box: Box) -> Plane:
        """What the network sees in a part of the picture alone, in its place on the small copy."""
        left, top, right, bottom = box
        across, down = image.shape[1] / small.shape[1], image.shape[0] / small.shape[0]
        columns = slice(round(left * across), max(round(right * across), round(left * across) + 1))
        rows = slice(round(top * down), max(round(bottom * down), round(top * down) + 1))
        seen = np.zeros(small.shape[:2], np.float32)
        part = shrink(image[rows, columns])
        shape = bottom - top, right - left
        found = self._network.saliency(part, shape, is_lean=_is_large(image))
        seen[top:bottom, left:right] = found
        return seen


def _is_large(image: Pixels) -> bool:
    return bool(image.shape[0] * image.shape[1] >= LARGE)


def _touches_an_edge(saliency: Plane) -> bool:
    edges = saliency[:2], saliency[-2:], saliency[:, :2], saliency[:, -2:]
    return any(bool((edge > TOUCHED).any()) for edge in edges)


def _near(saliency: Plane) -> Box | None:
    """Where to look again: the subject's box with a margin. None: it is large, or there is none."""
    rows, columns = np.nonzero(saliency > 0.5)
    if not len(rows):
        return None
    height, width = saliency.shape
    down = round(np.ptp(rows) * NEAR_MARGIN) + 4
    across = round(np.ptp(columns) * NEAR_MARGIN) + 4
    left, right = max(0, columns.min() - across), min(width, columns.max() + 1 + across)
    top, bottom = max(0, rows.min() - down), min(height, rows.max() + 1 + down)
    if (right - left) * (bottom - top) > SMALL_SUBJECT * width * height:
        return None
    return int(left), int(top), int(right), int(bottom)
