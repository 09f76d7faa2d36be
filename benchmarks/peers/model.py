"""The model as a user of a peer would write it: photo in, label out."""

import io
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from PIL import Image

Array = npt.NDArray[np.float32]


class Model:
    """An ONNX network that names a photo's class."""

    def __init__(self, path: str, side: int, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(path, options)
        self._side = side

    def decoded(self, photo: bytes) -> Array:
        """The photo's bytes as (3, side, side)."""
        image = Image.open(io.BytesIO(photo)).convert("RGB")
        resized = image.resize((self._side, self._side), Image.Resampling.BILINEAR)
        pixels = np.asarray(resized, dtype=np.float32) / 255
        return np.ascontiguousarray(((pixels - 0.5) / 0.25).transpose(2, 0, 1))

    def scores(self, pixels: Array) -> Array:
        """The scores (n, classes) of (n, 3, side, side)."""
        scores: Array = self._session.run(None, {"pixels": pixels})[0]
        return scores


def label(scores: Array) -> dict[str, Any]:
    """The likeliest class and its share."""
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    best = int(shares.argmax())
    return {"label": f"class-{best}", "score": round(float(shares[best]), 6)}
