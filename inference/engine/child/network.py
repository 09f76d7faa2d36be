"""A network of declared inputs and outputs: requests in one call, and what it gives taken apart."""

from collections.abc import Hashable, Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from inference.engine.arrays import datatype_of
from inference.engine.errors import ModelFailed
from inference.engine.model import Array, TensorModel
from inference.engine.signature import Signature
from inference.engine.tensor_config import TensorConfig

Arrays = Mapping[str, Array]


class Network:
    """A model of tensors that is held to what it declares."""

    def __init__(self, model: TensorModel, signature: Signature) -> None:
        self._model = model
        self.signature = signature

    def bucket(self, inputs: Arrays) -> Hashable:
        """The same for all inputs that fit into one call."""
        if not self.signature.batches:
            # Nothing else has the same.
            return id(inputs)
        return frozenset((name, array.shape[1:]) for name, array in inputs.items())

    def items(self, inputs: Arrays) -> int:
        """How many items of a batch these inputs are."""
        return len(next(iter(inputs.values()))) if self.signature.batches else 1

    def compute(self, requests: Sequence[Arrays]) -> list[Arrays]:
        """The declared outputs for each request's inputs, in their order; all of one bucket.

        Raises:
            ModelFailed: the model gave something else than it declares.
            Exception: whatever the model raises.
        """
        if not self.signature.batches:
            return [
                self._checked(self._model.infer(_copied(request)), None) for request in requests
            ]
        sizes = [self.items(request) for request in requests]
        together = {
            name: np.concatenate([request[name] for request in requests]) for name in requests[0]
        }
        outputs = self._checked(self._model.infer(together), sum(sizes))
        ends = list(accumulate(sizes))
        return [
            {name: array[end - size : end] for name, array in outputs.items()}
            for end, size in zip(ends, sizes, strict=True)
        ]

    def _checked(self, outputs: Any, items: int | None) -> Arrays:
        if not isinstance(outputs, Mapping):
            raise ModelFailed(f"The model gave {type(outputs).__name__}, not outputs by name.")
        return {
            tensor.name: _checked(tensor, outputs.get(tensor.name), items)
            for tensor in self.signature.outputs
        }


def _copied(inputs: Arrays) -> Arrays:
    # What came over the wire is read-only, and the model may write into what it gets.
    return {name: array.copy() for name, array in inputs.items()}


def _checked(tensor: TensorConfig, array: Any, items: int | None) -> Array:
    if array is None:
        raise ModelFailed(f"The model gave no output {tensor.name}.")
    if not isinstance(array, np.ndarray):
        raise ModelFailed(f"The output {tensor.name} is no array: {type(array).__name__}.")
    if not _is_of(tensor.datatype, array):
        raise ModelFailed(
            f"The output {tensor.name} is of {array.dtype}; declared is {tensor.datatype}."
        )
    declared = tensor.shape if items is None else (items, *tensor.shape)
    fits = len(array.shape) == len(declared) and all(
        size in {-1, given} for size, given in zip(declared, array.shape, strict=True)
    )
    if not fits:
        raise ModelFailed(
            f"The output {tensor.name} has the shape {list(array.shape)}; it should have"
            f" {list(declared)}."
        )
    return array


def _is_of(datatype: str, array: Array) -> bool:
    if datatype == "BYTES":
        return array.dtype.kind in "OSU"
    return datatype_of(array) == datatype
