"""Whether what a version needs is installed, told without importing it."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final

from inference.engine.config import Backend, ModelConfig

_OF_BACKENDS: Final[Mapping[Backend, str]] = {
    "onnx": "onnxruntime",
    "torchscript": "torch",
    "torch-export": "torch",
}
_REMEDIES: Final[Mapping[str, str]] = {
    "torch": "PyTorch is not installed: pip install -r requirements/torch.txt."
}


def missing_requirement(config: ModelConfig) -> str:
    """What a version needs and is not there, in a sentence for operators; empty: nothing."""
    backend = _OF_BACKENDS.get(config.backend)
    for package in (*([backend] if backend else []), *config.requires):
        if not _is_there(package):
            return _REMEDIES.get(package, f"The Python package {package} is not installed.")
    return ""


def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):  # of a part of a package that is not there; no name at all
        return False
