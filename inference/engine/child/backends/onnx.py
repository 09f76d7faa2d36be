"""Networks in ONNX files, computed by ONNX Runtime."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from inference.engine.child.backends.network_file import reading
from inference.engine.errors import InvalidInput
from inference.engine.model import Array, LoadContext, LoadError
from inference.engine.signature import FoundTensor, Signature
from inference.engine.tensor_config import TensorConfig
from inference.onnx_options import session_options

FILE = "model.onnx"
CUDA = "CUDAExecutionProvider"
DATATYPES = {
    "tensor(bool)": "BOOL",
    "tensor(uint8)": "UINT8",
    "tensor(uint16)": "UINT16",
    "tensor(uint32)": "UINT32",
    "tensor(uint64)": "UINT64",
    "tensor(int8)": "INT8",
    "tensor(int16)": "INT16",
    "tensor(int32)": "INT32",
    "tensor(int64)": "INT64",
    "tensor(float16)": "FP16",
    "tensor(float)": "FP32",
    "tensor(double)": "FP64",
    "tensor(string)": "BYTES",
}


class OnnxModel:
    """A session over one file."""

    def __init__(self, session: Any, signature: Signature) -> None:
        self._session = session
        self._texts = [tensor.name for tensor in signature.inputs if tensor.datatype == "BYTES"]
        self._outputs = [tensor.name for tensor in signature.outputs]

    def infer(self, tensors: Mapping[str, Array]) -> Mapping[str, Array]:
        """The declared outputs, by name."""
        feeds = {**tensors, **{name: _texts(name, tensors[name]) for name in self._texts}}
        outputs = self._session.run(self._outputs, feeds)
        return dict(zip(self._outputs, outputs, strict=True))


def load(places: Sequence[Path], context: LoadContext, signature: Signature) -> OnnxModel:
    """Load the version's `model.onnx`.

    Raises:
        LoadError: it cannot be read, is not as it is declared, or the device is not there.
    """
    options = session_options(context.threads)
    with reading(places[0] / FILE) as file:
        providers = _providers(context.device)
        session = onnxruntime.InferenceSession(file, options, providers=providers)
    context.computes_on = _device(session, context.device)
    _check("inputs", signature, signature.inputs, session.get_inputs())
    _check("outputs", signature, signature.outputs, session.get_outputs())
    return OnnxModel(session, signature)


def _providers(device: str) -> list[Any]:
    if device == "cpu" or CUDA not in onnxruntime.get_available_providers():
        return ["CPUExecutionProvider"]
    return [(CUDA, {"device_id": _number(device)}), "CPUExecutionProvider"]


def _device(session: Any, asked: str) -> str:
    if CUDA in session.get_providers():
        return f"cuda:{_number(asked)}"
    if asked not in {"auto", "cpu"}:
        raise LoadError(f"instances.device: ONNX Runtime cannot use {asked} here.")
    return "cpu"


def _number(device: str) -> int:
    return int(device.partition(":")[2] or 0)


def _check(
    key: str, signature: Signature, declared: Sequence[TensorConfig], nodes: Sequence[Any]
) -> None:
    found = {node.name: node for node in nodes}
    names = ", ".join(found)
    for tensor in declared:
        node = found.get(tensor.name)
        if node is None:
            raise LoadError(f"{key}.{tensor.name}: there is none in the file; it has {names}.")
        shape = tuple(size if isinstance(size, int) else -1 for size in node.shape)
        signature.check_tensor(
            key, tensor, FoundTensor(tensor.name, DATATYPES.get(node.type), shape)
        )
    if key == "inputs" and len(found) > len(declared):
        raise LoadError(f"inputs: the file needs all of {names}.")


def _texts(name: str, array: Array) -> Array:
    try:
        texts = [element.decode() for element in array.reshape(-1)]
    except UnicodeDecodeError:
        raise InvalidInput(f"The input {name} is not text in UTF-8.") from None
    return np.array(texts, object).reshape(array.shape)
