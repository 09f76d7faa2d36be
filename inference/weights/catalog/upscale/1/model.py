"""Enlarges photos four times by a network; twice is half of that."""

from collections.abc import Sequence

import cv2
import numpy as np
from network import Network, too_large
from tiles import enlarge

from inference.engine.model import (
    ImageOutput,
    InvalidParams,
    LoadContext,
    Output,
    Pixels,
    Request,
)

OVERLAP = 18
"""The network is a chain of 18 convolutions of 3 x 3."""


class Model:
    """Works on one image at a time: stage `enlarge`."""

    def __init__(self, context: LoadContext) -> None:
        self._network = Network(context.files / "upscale.onnx", context.threads)

    def predict(self, requests: Sequence[Request]) -> Sequence[Output | Exception]:
        """Each image, enlarged."""
        return [self._enlarge(request) for request in requests]

    def _enlarge(self, request: Request) -> Output | Exception:
        scale = int(request.params.get("scale", 2))
        if problem := too_large(request, scale):
            return InvalidParams(problem)
        request.report("enlarge", 0.0)
        larger = enlarge(
            request.image,
            scale,
            self._network if scale == 4 else self._twice,
            overlap=OVERLAP,
            report=lambda fraction: request.report("enlarge", fraction),
        )
        return ImageOutput(larger)

    def _twice(self, image: Pixels) -> Pixels:
        height, width = image.shape[:2]
        size = (2 * width, 2 * height)
        halved = cv2.resize(self._network(image), size, interpolation=cv2.INTER_AREA)
        return np.asarray(halved, np.uint8)
