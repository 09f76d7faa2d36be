"""Networks that `torch.export` saved."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch.export.passes import move_to_device_pass

from inference.engine.child.backends.network_file import reading
from inference.engine.child.backends.torch_model import DATATYPES, TorchModel
from inference.engine.model import LoadContext
from inference.engine.signature import FoundTensor, Signature
from inference.engine.tensor_config import TensorConfig

FILE = "model.pt2"


def load(places: Sequence[Path], context: LoadContext, signature: Signature) -> TorchModel:
    """Load the version's `model.pt2`. Inputs and outputs are in the order of `model.toml`.

    Raises:
        LoadError: it cannot be read, is not as it is declared, or the device is not there.
    """
    device = context.torch_device()
    with reading(places[0] / FILE) as file:
        program = torch.export.load(file)
    given = {node.name: node for node in program.graph.nodes}
    names = program.graph_signature
    _check("inputs", signature, signature.inputs, [given[name] for name in names.user_inputs])
    _check("outputs", signature, signature.outputs, [given[name] for name in names.user_outputs])
    module = move_to_device_pass(program, device).module()
    return TorchModel(module, signature, device)


def _check(
    key: str, signature: Signature, declared: Sequence[TensorConfig], nodes: Sequence[Any]
) -> None:
    signature.check_names(key, [node.name for node in nodes])
    for tensor, node in zip(declared, nodes, strict=True):
        value = node.meta.get("val")
        if isinstance(value, torch.Tensor):
            sizes: Sequence[Any] = value.shape
            shape = tuple(size if isinstance(size, int) else -1 for size in sizes)
            found = FoundTensor(tensor.name, DATATYPES.get(value.dtype), shape)
            signature.check_tensor(key, tensor, found)
