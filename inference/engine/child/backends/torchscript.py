"""Networks in TorchScript files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from inference.engine.child.backends.network_file import reading
from inference.engine.child.backends.torch_model import TorchModel
from inference.engine.model import LoadContext
from inference.engine.signature import Signature

FILE = "model.pt"


def load(places: Sequence[Path], context: LoadContext, signature: Signature) -> TorchModel:
    """Load the version's `model.pt`. Inputs and outputs are in the order of `model.toml`.

    Raises:
        LoadError: it cannot be read, does not take or give so many, or the device is not there.
    """
    device = context.torch_device()
    with reading(places[0] / FILE) as file:
        module = torch.jit.load(file, map_location=device)  # type: ignore[no-untyped-call]
    schema = module.forward.schema
    needed = [argument for argument in schema.arguments[1:] if not argument.has_default_value()]
    signature.check_names("inputs", [argument.name for argument in needed])
    signature.check_names("outputs", _outputs(schema.returns[0].type))
    return TorchModel(module.eval(), signature, device)


def _outputs(kind: Any) -> list[str]:
    count = len(kind.elements()) if kind.kind() == "TupleType" else 1
    return [str(number) for number in range(count)]
