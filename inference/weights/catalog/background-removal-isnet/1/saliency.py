"""ISNet: where the main subject of a picture is.

Xuebin Qin, Hang Dai, Xiaobin Hu, Deng-Ping Fan, Ling Shao, Luc Van Gool: Highly Accurate
Dichotomous Image Segmentation, ECCV 2022.
"""

from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from inference.engine.model import Pixels
from inference.onnx_options import session_options

Plane = npt.NDArray[np.float32]

FILE: Final = "isnet-general-use.onnx"
SIDE: Final = 1024
"""Of the square that the network was trained on, in pixels."""
LEAST_PEAK: Final = 0.5
"""The network's output is stretched to 1 only where it reaches this: in a picture without a
subject anything would be made one."""


class SaliencyNetwork:
    """The network in ONNX Runtime, on the processor."""

    def __init__(self, file: Path, threads: int) -> None:
        """Takes the place of the network that `file` is: it lies beside that."""
        options = session_options(threads)
        # An arena would keep the memory of the largest step for good.
        options.enable_cpu_mem_arena = False
        network = str(file.with_name(FILE))
        self._session = ort.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._output = self._session.get_outputs()[0].name

    def saliency(self, image: Pixels, shape: tuple[int, int], *, is_lean: bool = False) -> Plane:
        """How surely each pixel is the subject's, from 0 to 1: (rows, columns) = `shape`.

        `is_lean` asks for as little memory as can be, which it always takes.
        """
        square = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
        values = square / max(1.0, float(square.max())) - 0.5
        batch = np.ascontiguousarray(values.transpose(2, 0, 1)[None])
        found = self._session.run([self._output], {self._input: batch})[0][0, 0]
        found = np.clip(found / max(LEAST_PEAK, float(found.max())), 0, 1)
        size = shape[1], shape[0]
        return np.asarray(cv2.resize(found, size, interpolation=cv2.INTER_CUBIC).clip(0, 1))
