"""Tensors from files, without running anything that a file may carry."""

from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from inference.engine.errors import LoadError


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
    return _state_dict(state, file.name)


def _state_dict(content: Any, name: str) -> Mapping[str, torch.Tensor]:
    """A checkpoint that is a state dict, or the only one that it holds beside other things."""
    if _is_state_dict(content):
        return dict(content)
    inner = content if isinstance(content, Mapping) else {}
    found = [key for key, value in inner.items() if _is_state_dict(value)]
    if not found:
        raise LoadError(f"{name}: holds no state dict: tensors by their names.")
    if len(found) > 1:
        names = ", ".join(str(key) for key in found)
        raise LoadError(f"{name}: holds several state dicts: {names}. Save the one that is meant.")
    return dict(inner[found[0]])


def _is_state_dict(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and bool(value)
        and all(isinstance(tensor, torch.Tensor) for tensor in value.values())
    )
