"""What clients of other servers are given, and what a server says to them by gRPC."""

from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np

from inference.engine.remote_config import RemoteConfig
from inference.engine.tensor_config import TensorConfig
from inference.oip.messages import ModelInferResponse, message

SCORES = [TensorConfig(name="scores", datatype="FP32", shape=(2,))]
PIXELS: Any = [
    {
        "name": "pixels",
        "datatype": "FP32",
        "shape": [1, 2],
        "data": np.array([1, 2], np.float32).tobytes(),
    }
]
Tokens = dict[str, str]
Serve = Callable[..., Awaitable[RemoteConfig]]


def metadata() -> Any:
    told = message("ModelMetadataResponse")(name="gray")
    told.inputs.add(name="pixels", datatype="FP32", shape=[-1, 2])
    told.outputs.add(name="scores", datatype="FP32", shape=[-1, 2])
    return told


def scores() -> Any:
    answer = ModelInferResponse(model_name="gray")
    answer.outputs.add(name="scores", datatype="FP32", shape=[1, 2])
    answer.raw_output_contents.append(np.array([0.25, 0.75], np.float32).tobytes())
    return answer
