"""Which way up a page lies, by the PP-LCNet classifier of document orientation."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from inference.engine.model import Pixels
from inference.onnx_options import session_options

SHORT_SIDE = 256
SIDE = 224
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
"""Of ImageNet, on which the network was trained before."""
VIEWS_ASPECT = 1.6
"""A picture so many times as long as wide is looked at in three places."""


class Orientation:
    """The network: 0, 90, 180 or 270 degrees."""

    def __init__(self, file: Path, threads: int) -> None:
        options = session_options(threads)
        options.log_severity_level = 4
        options.enable_cpu_mem_arena = False
        providers = ["CPUExecutionProvider"]
        self._session = onnxruntime.InferenceSession(str(file), options, providers=providers)
        self._input = self._session.get_inputs()[0].name

    def probabilities(self, image: Pixels) -> npt.NDArray[np.float32]:
        """How likely the RGB picture (H, W, 3) has been turned by 0, 1, 2, 3 quarters clockwise."""
        (scores,) = self._session.run(None, {self._input: _views(image)})
        mean: npt.NDArray[np.float32] = np.asarray(scores, np.float32).mean(axis=0)
        return mean


def _views(image: Pixels) -> npt.NDArray[np.float32]:
    """The squares that the network looks at, (N, 3, 224, 224)."""
    height, width = image.shape[:2]
    long = max(height, width) / max(1, min(height, width))
    middles = (0.25, 0.5, 0.75) if long >= VIEWS_ASPECT else (0.5,)
    squares = []
    for middle in middles:
        part = _part(image, middle) if long > VIEWS_ASPECT else image
        scale = SHORT_SIDE / min(part.shape[:2])
        size = tuple(max(SIDE, round(side * scale)) for side in part.shape[1::-1])
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        small = np.asarray(cv2.resize(np.ascontiguousarray(part), size, interpolation=way))
        top, left = (small.shape[0] - SIDE) // 2, (small.shape[1] - SIDE) // 2
        square = small[top : top + SIDE, left : left + SIDE].astype(np.float32) / 255
        squares.append(((square - MEAN) / DEVIATION).transpose(2, 0, 1))
    return np.stack(squares).astype(np.float32)


def _part(image: Pixels, middle: float) -> Pixels:
    """A square of a long picture, at this fraction of its length."""
    height, width = image.shape[:2]
    side = min(height, width)
    first = round(np.clip(middle * max(height, width) - side / 2, 0, max(height, width) - side))
    if height > width:
        return image[first : first + side]
    return image[:, first : first + side]
