"""What a model is given to load itself with. Authors import it from `inference.engine.model`."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any


@dataclass
class LoadContext:
    """What a model is given to load itself with."""

    files: Path
    """The folder of the version: weights and what else lies there."""
    device: str
    """Where to compute, as `model.toml` says: `auto`, `cpu`, `cuda` or `cuda:1`."""
    threads: int
    """How many cores to use."""
    computes_on: str = "cpu"
    """Where the model really computes, `cpu` or `cuda:1`. `torch_device` sets it."""

    def torch_device(self) -> Any:
        """The `torch.device` that `device` means on this machine; torch then uses `threads` cores.

        Raises:
            LoadError: there is no such GPU.
        """
        backend = import_module("inference.engine.child.backends.torch_device")
        device = backend.prepare(self.device, self.threads)
        self.computes_on = str(device)
        return device

    def load_weights(self, name: str) -> dict[str, Any]:
        """The tensors of a file in `files` by their names, on `torch_device()`.

        From a `.safetensors` file, or a checkpoint that holds a state dict. No code that a file may
        carry is run.

        Raises:
            FileNotFoundError: there is no such file.
            LoadError: it holds something else.
        """
        weights = import_module("inference.engine.child.backends.torch_weights")
        return dict(weights.load(self.files / name, self.torch_device()))
