"""A network that enlarges pictures, as ONNX."""

from pathlib import Path

import numpy as np
import onnxruntime

from inference.engine.model import Pixels, Request
from inference.onnx_options import session_options

MAX_MEGAPIXELS = 16


class Network:
    """Takes and gives (H, W, 3) RGB, of any size."""

    def __init__(self, file: Path, threads: int) -> None:
        self._session = onnxruntime.InferenceSession(
            file, session_options(threads), providers=["CPUExecutionProvider"]
        )

    def __call__(self, image: Pixels) -> Pixels:
        """The picture, as many times as large as the network makes it."""
        tensor = image.astype(np.float32).transpose(2, 0, 1)[None] / 255
        (result,) = self._session.run(None, {"image": tensor})
        pixels = np.rint(np.clip(result[0].transpose(1, 2, 0), 0, 1) * 255)
        return np.asarray(pixels, np.uint8)


def too_large(request: Request, times: int) -> str | None:
    """Why the result would be too large, in a sentence; None: it is not."""
    height, width = request.image.shape[:2]
    megapixels = height * width * times**2 / 1e6
    if megapixels <= MAX_MEGAPIXELS:
        return None
    return (
        f"The result would have {megapixels:.1f} megapixels and may have {MAX_MEGAPIXELS}: "
        f"send a smaller photo."
    )
