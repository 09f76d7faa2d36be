"""What conformance tests ask the models, in the words of the public client."""

import json
from typing import Any, Final

import numpy as np
from tritonclient.grpc import InferInput

SUM: Final = np.arange(8, dtype=np.float32).reshape(2, 4) + 1
"""What version 1 of `adder` makes of `summands()`."""


def tensor(name: str, array: Any, datatype: str = "FP32") -> InferInput:
    """An input that holds this array."""
    one = InferInput(name, list(array.shape), datatype)
    one.set_data_from_numpy(array)
    return one


def summands(items: int = 2) -> list[InferInput]:
    """What `adder` adds up: 0, 1, 2, … and ones."""
    a = np.arange(items * 4, dtype=np.float32).reshape(items, 4)
    return [tensor("a", a), tensor("b", np.ones_like(a))]


def steps(count: int) -> InferInput:
    """What keeps `patient` busy for so many hundredths of a second."""
    return tensor("steps", np.array([[count]], np.int32), "INT32")


def images(*files: bytes) -> InferInput:
    """What models of images take."""
    return tensor("image", np.array(files, object), "BYTES")


def results(answer: Any) -> list[dict[str, Any]]:
    """What a model of images told of each."""
    return [json.loads(text) for text in answer.as_numpy("result")]


def scores(answer: Any, label: str = "bright") -> list[float]:
    """The score of one label for each image."""
    return [
        next(one["score"] for one in result["labels"] if one["label"] == label)
        for result in results(answer)
    ]
