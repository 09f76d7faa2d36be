"""Tensors from files, without running anything that a file may carry."""

from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from inference.engine.model import LoadError


def load(file: Path, device: torch.device) -> Mapping[str, torch.Tensor]:
    """The tensors in a `.safetensors` file or in a checkpoint with a state dict, by their names.

    Raises:
        FileNotFoundError: there is no such file.
        LoadError: it holds something else.
    """
    if file.suffix == ".safetensors":
        try:
            return load_file(file, device=str(device))
        except SafetensorError as error:
            raise LoadError(f"{file.name}: not a safetensors file: {error}.") from error
    try:
        state = torch.load(file, map_location=device, weights_only=True)
    except (UnpicklingError, RuntimeError, EOFError) as error:
        raise LoadError(
            f"{file.name}: not a checkpoint that holds tensors and nothing else."
        ) from error
    if not isinstance(state, Mapping) or not all(
        isinstance(tensor, torch.Tensor) for tensor in state.values()
    ):
        raise LoadError(f"{file.name}: holds no state dict: tensors by their names.")
    return state
