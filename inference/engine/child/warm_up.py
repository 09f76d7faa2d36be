"""What a model computes after loading, so that its first request is as fast as the next."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

from inference.engine.arrays import NUMPY_TYPES
from inference.engine.child.encode import encode
from inference.engine.child.loaded_model import LoadedModel
from inference.engine.child.network import Network
from inference.engine.errors import JobFailure
from inference.engine.model import Array, LoadError, Output, Request
from inference.engine.tensor_config import WarmUp

GRAY = 128


def warm_up(model: LoadedModel, declared: dict[str, Any] | None) -> None:
    """Have it compute a batch of zeros, and a gray image where it takes images.

    `declared` is a `WarmUp` as JSON.

    Raises:
        LoadError: it cannot.
    """
    if declared is None:
        return
    how = WarmUp.model_validate(declared)
    try:
        for _ in range(how.count):
            if model.network:
                model.network.compute([_zeros(model.network, how)])
            if model.takes_images:
                encode(_seen(model, how.dimension), model.output_kind)
    except Exception as error:
        reason = (
            error.message if isinstance(error, JobFailure) else f"{type(error).__name__}: {error}"
        )
        raise LoadError(f"warm_up: {reason}") from error


def _zeros(network: Network, how: WarmUp) -> Mapping[str, Array]:
    signature = network.signature
    batch = (min(how.batch_size, signature.max_batch_size),) if signature.batches else ()
    return {
        tensor.name: _zero(
            tensor.datatype,
            (*batch, *(how.dimension if size == -1 else size for size in tensor.shape)),
        )
        for tensor in signature.inputs
    }


def _zero(datatype: str, shape: tuple[int, ...]) -> Array:
    if datatype == "BYTES":
        return np.full(shape, b"", object)
    return np.zeros(shape, NUMPY_TYPES[datatype])


def _seen(model: LoadedModel, side: int) -> Output:
    """What the model says to a gray image."""
    image = np.full((side, side, 3), GRAY, np.uint8)
    if model.network and model.adapter:
        inputs = model.adapter.inputs(Image.fromarray(image))
        return model.adapter.output(model.network.compute([inputs])[0])
    request = Request(
        image=image,
        width=side,
        height=side,
        scale=1.0,
        params={},
        image_type="",
        on_report=_silent,
    )
    (output,) = model.author.predict([request]) if model.author else ()
    if isinstance(output, Exception):
        raise output
    return output


def _silent(_stage: str, _fraction: float, _partial: dict[str, Any] | None) -> None:
    """Nobody listens."""
