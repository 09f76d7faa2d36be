"""Where text stands in a picture, by PP-OCR's detector.

The network gives each pixel's chance of lying in the shrunk middle of a line; its regions are
enlarged again as in Liao et al., "Real-time Scene Text Detection with Differentiable
Binarization", 2020.
"""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime
from quads import NO_BOXES, Boxes

from inference.engine.model import Pixels
from inference.onnx_options import session_options

STRIDE = 32
"""The sides of what the network takes are multiples of it."""
TEXT = 0.3
"""Chances above this one make a region."""
SURE_TEXT = 0.5
"""A region whose mean chance is lower is dropped."""
ENLARGED = 1.6
"""How far a region's edges move out, as a multiple of its area over its circumference."""
LEAST_SIDE = 3.0
"""A region with a shorter side, in the network's pixels, is a speck."""
MOST_REGIONS = 3000


class Detector:
    """The network, over pictures at the scale that they are given in."""

    def __init__(self, file: Path, threads: int) -> None:
        options = session_options(threads)
        options.log_severity_level = 4
        options.enable_cpu_mem_arena = False
        providers = ["CPUExecutionProvider"]
        self._session = onnxruntime.InferenceSession(str(file), options, providers=providers)
        self._input = self._session.get_inputs()[0].name

    def boxes(self, image: Pixels) -> Boxes:
        """The boxes (N, 4, 2) of lines in an RGB picture (H, W, 3), in its pixels."""
        height, width = image.shape[:2]
        down, right = -height % STRIDE, -width % STRIDE
        whole = cv2.copyMakeBorder(image, 0, down, 0, right, cv2.BORDER_REPLICATE)
        # The network was trained on blue, green, red.
        values = (whole[..., ::-1].astype(np.float32) / 127.5 - 1).transpose(2, 0, 1)
        (chances,) = self._session.run(None, {self._input: values[None]})
        return boxes_of(np.asarray(chances, np.float32)[0, 0, :height, :width])


def boxes_of(chances: npt.NDArray[np.float32]) -> Boxes:
    """The boxes of the regions in a map (H, W) of chances from 0 to 1."""
    regions = cv2.dilate((chances > TEXT).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(regions, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes = []
    for contour in contours[:MOST_REGIONS]:
        middle, (one, other), angle = cv2.minAreaRect(contour)
        if min(one, other) < LEAST_SIDE or _chance(chances, contour) < SURE_TEXT:
            continue
        # Moving the edges out makes the same rectangle larger by twice the distance.
        distance = one * other * ENLARGED / (2 * (one + other))
        larger = (middle, (one + 2 * distance, other + 2 * distance), angle)
        corners = np.asarray(cv2.boxPoints(larger), np.float32)
        boxes.append(from_the_top_left(corners))
    return np.asarray(boxes, np.float32) if boxes else NO_BOXES


def from_the_top_left(corners: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """A rectangle's corners (4, 2) in their round, beginning so that the first edge goes right."""
    edges = np.roll(corners, -1, axis=0) - corners
    first = int(np.argmax(edges[:, 0] - np.abs(edges[:, 1])))
    return np.roll(corners, -first, axis=0)


def _chance(chances: npt.NDArray[np.float32], contour: Any) -> float:
    """The mean over the smallest rectangle round a contour."""
    corners = cv2.boxPoints(cv2.minAreaRect(contour))
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 1
    part = chances[top:bottom, left:right]
    inside = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(inside, [(corners - (left, top)).astype(np.int32)], 1)
    return float(cv2.mean(part, inside)[0])
