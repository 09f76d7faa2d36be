"""A network of PyTorch, whatever file it came from."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from inference.engine.errors import ModelFailed
from inference.engine.model import Array, LoadError
from inference.engine.signature import Signature

DATATYPES = {
    torch.bool: "BOOL",
    torch.uint8: "UINT8",
    torch.uint16: "UINT16",
    torch.uint32: "UINT32",
    torch.uint64: "UINT64",
    torch.int8: "INT8",
    torch.int16: "INT16",
    torch.int32: "INT32",
    torch.int64: "INT64",
    torch.float16: "FP16",
    torch.float32: "FP32",
    torch.float64: "FP64",
}


class TorchModel:
    """A module that takes tensors by their place, and gives one, several, or some by name."""

    def __init__(
        self, module: Callable[..., Any], signature: Signature, device: torch.device
    ) -> None:
        """Raises:
        LoadError: PyTorch has no tensors of a declared datatype.
        """
        for tensor in (*signature.inputs, *signature.outputs):
            if tensor.datatype not in DATATYPES.values():
                raise LoadError(f"{tensor.name}: PyTorch has no {tensor.datatype}.")
        self._module = module
        self._inputs = [tensor.name for tensor in signature.inputs]
        self._outputs = [tensor.name for tensor in signature.outputs]
        self._device = device

    def infer(self, tensors: Mapping[str, Array]) -> Mapping[str, Array]:
        """The declared outputs, by name."""
        with torch.inference_mode():
            inputs = (torch.from_numpy(tensors[name]) for name in self._inputs)
            given = self._module(*(tensor.to(self._device) for tensor in inputs))
        return {name: _array(name, value) for name, value in self._named(given).items()}

    def _named(self, given: Any) -> Mapping[str, Any]:
        if isinstance(given, Mapping):
            return given
        values: Sequence[Any] = given if isinstance(given, tuple | list) else [given]
        if len(values) != len(self._outputs):
            raise ModelFailed(
                f"The model gave {len(values)} outputs; declared are {len(self._outputs)}."
            )
        return dict(zip(self._outputs, values, strict=True))


def _array(name: str, value: Any) -> Any:
    if not isinstance(value, torch.Tensor):
        return value
    if value.dtype not in DATATYPES:
        raise ModelFailed(f"The output {name} is of {value.dtype}, which cannot be sent.")
    return value.cpu().numpy()
