"""The arbitrary style network: a style picture becomes 100 numbers, with which a photo is painted.

Golnaz Ghiasi, Honglak Lee, Manjunath Kudlur, Vincent Dumoulin, Jonathon Shlens: Exploring the
structure of a real-time, arbitrary neural artistic stylization network, BMVC 2017.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from inference.engine.model import LoadError, Pixels
from inference.onnx_options import session_options
from inference.painting.tiles import tiles
from inference.painting.working_copy import middle_square, padded, shrunk

Vector = npt.NDArray[np.float32]
"""A style: (1, 1, 1, 100)."""
Statistics = npt.NDArray[np.float32]
"""Mean and variance of each channel that the network normalises: (1, n, 1, 1)."""

STYLE_SIDE: Final = 256
MULTIPLE: Final = 4
"""What the sides of a picture are a multiple of."""
LEAST: Final = 16
"""A side has at least so many pixels, or the network has too little to mirror at its borders."""
WHOLE_SIDE: Final = 768
"""Up to this longest side a picture is painted in one go; larger ones in tiles, with the
statistics of a copy of this size."""
TILE: Final = 512
RIM: Final = 64
"""What the network sees around a pixel is no wider."""


class StyleNetwork:
    """Both networks, on the processor."""

    def __init__(self, files: Path, threads: int) -> None:
        """Load them.

        Raises:
            LoadError: a file is missing or is no network.
        """
        self._predict = _session(files / "arbitrary_predict.onnx", threads)
        self._paint = _session(files / "stylize.onnx", threads)

    def style_of(self, picture: Pixels) -> Vector:
        """The style of a picture (H, W, 3): of the square in its middle."""
        side = (STYLE_SIDE, STYLE_SIDE)
        square = cv2.resize(middle_square(picture), side, interpolation=cv2.INTER_AREA)
        (vector,) = self._predict.run(None, {"style_image": _floats(np.asarray(square))})
        return np.asarray(vector, np.float32)

    def paint(
        self, picture: Pixels, style: Vector, on_painted: Callable[[float, Pixels], None]
    ) -> Pixels:
        """The picture (H, W, 3) in that style.

        `on_painted` is called with how much is done, from 0 to 1, and what it looks like so far;
        what it raises ends the painting.
        """
        copy = shrunk(picture, WHOLE_SIDE)
        painting, statistics = self._paint_whole(copy, style)
        if copy is picture:
            on_painted(1.0, painting)
            return painting
        return self._paint_tiles(picture, style, statistics, painting, on_painted)

    def _paint_whole(self, picture: Pixels, style: Vector) -> tuple[Pixels, Statistics]:
        height, width = picture.shape[:2]
        nothing = np.zeros((1, 0, 1, 1), np.float32)
        painting, measured = self._run(_ready(picture), style, nothing)
        return painting[:height, :width], measured

    def _paint_tiles(
        self,
        picture: Pixels,
        style: Vector,
        statistics: Statistics,
        draft: Pixels,
        on_painted: Callable[[float, Pixels], None],
    ) -> Pixels:
        height, width = picture.shape[:2]
        # Until a tile is painted, the draft stands for it.
        painting = np.asarray(cv2.resize(draft, (width, height)), np.uint8)
        on_painted(0.0, painting)
        ready = _ready(picture)
        plan = tiles(*ready.shape[:2], tile=TILE, rim=RIM)
        for done, (rows, columns) in enumerate(plan, start=1):
            tile, _ = self._run(ready[rows.seen, columns.seen], style, statistics)
            place = painting[rows.own, columns.own]
            place[:] = tile[rows.kept, columns.kept][: place.shape[0], : place.shape[1]]
            on_painted(done / len(plan), painting)
        return painting

    def _run(
        self, picture: Pixels, style: Vector, statistics: Statistics
    ) -> tuple[Pixels, Statistics]:
        inputs = {
            "picture": _floats(picture),
            "style": style,
            "statistics": statistics,
            "given": np.array([statistics.size > 0]),
        }
        painting, measured = self._paint.run(["painting", "measured"], inputs)
        return np.asarray(cv2.convertScaleAbs(painting[0], alpha=255), np.uint8), measured


def _ready(picture: Pixels) -> Pixels:
    return padded(picture, multiple=MULTIPLE, least=LEAST)


def _floats(picture: Pixels) -> npt.NDArray[np.float32]:
    return np.multiply(picture[None], 1 / 255, dtype=np.float32)


def _session(file: Path, threads: int) -> Any:
    if not file.is_file():
        raise LoadError(f"{file.name} is missing: python -m inference.weights puts it into place.")
    options = session_options(threads)
    # Pictures differ in size: what one needed is given back before the next.
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
