"""U²-Net, small: where the main subject of a picture is.

Xuebin Qin, Zichen Zhang, Chenyang Huang, Masood Dehghan, Osmar R. Zaiane, Martin Jagersand:
U²-Net: Going Deeper with Nested U-Structure for Salient Object Detection, Pattern Recognition 2020.
"""

from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from inference.engine.model import Pixels
from inference.onnx_options import session_options

Plane = npt.NDArray[np.float32]

SIDE: Final = 320
"""Of the square that the network was trained on, in pixels."""
MEAN: Final = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION: Final = np.array([0.229, 0.224, 0.225], np.float32)
LEAST_PEAK: Final = 0.5
"""The network's output is stretched to 1 only where it reaches this: in a picture without a
subject anything would be made one."""


ARENA: Final = {"arena_extend_strategy": 1, "initial_chunk_size_bytes": 1 << 20}
"""Memory for the network's steps is taken as they need it, not doubled each time."""


class SaliencyNetwork:
    """The network in ONNX Runtime, on the processor, in a fast form and one that takes less memory.

    Both take memory for their steps from one arena, which is a third faster than from the system.
    After a lean look the arena is given back.
    """

    def __init__(self, file: Path, threads: int) -> None:
        kind = ort.OrtArenaCfg(ARENA)
        memory = ort.OrtMemoryInfo(
            "Cpu", ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, ort.OrtMemType.DEFAULT
        )
        ort.create_and_register_allocator(memory, kind)
        levels = ort.GraphOptimizationLevel
        self._fast = _session(file, threads, levels.ORT_ENABLE_ALL)
        # Full optimization copies large steps into another layout: a fifth of time for 90 MiB.
        self._lean = _session(file, threads, levels.ORT_ENABLE_EXTENDED)
        self._input = self._fast.get_inputs()[0].name
        self._output = self._fast.get_outputs()[0].name
        self._giving_back = ort.RunOptions()
        self._giving_back.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")

    def saliency(self, image: Pixels, shape: tuple[int, int], *, is_lean: bool = False) -> Plane:
        """How surely each pixel is the subject's, from 0 to 1: (rows, columns) = `shape`."""
        square = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
        values = (square / max(1.0, float(square.max())) - MEAN) / DEVIATION
        batch = {self._input: np.ascontiguousarray(values.transpose(2, 0, 1)[None])}
        if is_lean:
            (found,) = self._lean.run([self._output], batch, self._giving_back)
        else:
            (found,) = self._fast.run([self._output], batch)
        found = found[0, 0]
        found = np.clip(found / max(LEAST_PEAK, float(found.max())), 0, 1)
        size = shape[1], shape[0]
        return np.asarray(cv2.resize(found, size, interpolation=cv2.INTER_CUBIC).clip(0, 1))


def _session(file: Path, threads: int, level: Any) -> Any:
    options = session_options(threads)
    options.graph_optimization_level = level
    options.add_session_config_entry("session.use_env_allocators", "1")
    # Memory planned ahead for all steps at once comes beside what the arena has.
    options.enable_mem_pattern = False
    return ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
