"""Style transfer: a photo painted in the style of a preset or of another picture."""

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
from network import StyleNetwork, Vector

from inference.engine.model import ImageOutput, LoadContext, Output, Pixels, Request
from inference.painting.enlarge import Enlarger
from inference.painting.pictures import as_transparent, read_picture
from inference.painting.preview import preview
from inference.painting.working_copy import shrunk

STYLE = "stained-glass"
STROKE = 768


class Model:
    """Works on one image at a time: stages `style`, `paint` and `enlarge`."""

    def __init__(self, context: LoadContext) -> None:
        cv2.setNumThreads(context.threads)
        self._network = StyleNetwork(context.files, context.threads)
        self._styles = context.files / "styles"
        self._preset = cache(self._read_preset)

    def predict(self, requests: Sequence[Request]) -> Sequence[Output | Exception]:
        """Each photo, painted, at its own size."""
        return [self._painted(request) for request in requests]

    def _painted(self, request: Request) -> ImageOutput:
        photo, params = request.image, request.params
        request.report("style", 0.0)
        style = self._style(request)
        request.report("paint", 0.0)
        copy = shrunk(photo, int(params.get("stroke", STROKE)))

        def on_painted(fraction: float, painting: Pixels) -> None:
            request.report("paint", fraction, preview(painting))

        painting = self._network.paint(copy, style, on_painted)
        result = np.empty_like(photo)
        preserve_color = bool(params.get("preserve_color", False))
        for top, band in Enlarger(copy, painting, preserve_color=preserve_color).bands(photo):
            result[top : top + len(band)] = band
            request.report("enlarge", (top + len(band)) / len(photo))
        return ImageOutput(as_transparent(result, request.rgba))

    def _style(self, request: Request) -> Vector:
        own = request.images.get("style_image")
        style = (
            self._preset(str(request.params.get("style", STYLE)))
            if own is None
            else self._network.style_of(own)
        )
        alpha = np.float32(request.params.get("alpha", 1.0))
        if alpha == 1:
            return style
        # As the paper blends styles: between the photo's own and the other one.
        return alpha * style + (1 - alpha) * self._network.style_of(request.image)

    def _read_preset(self, name: str) -> Vector:
        return self._network.style_of(read_picture(self._styles / f"{name}.png"))
