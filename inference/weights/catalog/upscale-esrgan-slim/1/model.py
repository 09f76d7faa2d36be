"""Enlarges photos twice by a network; four times is twice in a row."""

from collections.abc import Sequence

from network import Network, too_large
from tiles import enlarge

from inference.engine.model import ImageOutput, InvalidParams, LoadContext, Output, Request

OVERLAP = 10
"""The network has 7 convolutions of 3 x 3 in a row, then one of 5 x 5, and one of 3 x 3 at the
larger size."""


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
        # The second time there are four times as many pixels.
        parts = [1.0] if scale == 2 else [0.2, 0.8]
        image, done = request.image, 0.0
        for part in parts:

            def report(fraction: float, part: float = part, done: float = done) -> None:
                request.report("enlarge", done + part * fraction)

            image = enlarge(image, 2, self._network, overlap=OVERLAP, report=report)
            done += part
        return ImageOutput(image)
