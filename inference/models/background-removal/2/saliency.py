"""U²-Net, small: where the main subject of a picture is.

Xuebin Qin, Zichen Zhang, Chenyang Huang, Masood Dehghan, Osmar R. Zaiane, Martin Jagersand:
U²-Net: Going Deeper with Nested U-Structure for Salient Object Detection, Pattern Recognition 2020.
"""

from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from inference.engine.model import Pixels

Plane = npt.NDArray[np.float32]

SIDE: Final = 320
"""Of the square that the network was trained on, in pixels."""
MEAN: Final = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION: Final = np.array([0.229, 0.224, 0.225], np.float32)
LEAST_PEAK: Final = 0.5
"""The network's output is stretched to 1 only where it reaches this: in a picture without a
subject anything would be made one."""


class SaliencyNetwork:
    """The network in ONNX Runtime, on the processor."""

    def __init__(self, file: Path, threads: int) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        # An arena would keep the memory of the largest step for good.
        options.enable_cpu_mem_arena = False
        # Threads that wait spinning take the processor from everything else on the machine.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Full optimization copies every large step into another layout: 80 MiB for a tenth of time.
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        self._session = ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._output = self._session.get_outputs()[0].name

    def saliency(self, image: Pixels, shape: tuple[int, int]) -> Plane:
        """How surely each pixel is the subject's, from 0 to 1: (rows, columns) = `shape`."""
        square = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
        values = (square / max(1.0, float(square.max())) - MEAN) / DEVIATION
        batch = np.ascontiguousarray(values.transpose(2, 0, 1)[None])
        found = self._session.run([self._output], {self._input: batch})[0][0, 0]
        found = np.clip(found / max(LEAST_PEAK, float(found.max())), 0, 1)
        size = shape[1], shape[0]
        return np.asarray(cv2.resize(found, size, interpolation=cv2.INTER_CUBIC).clip(0, 1))
