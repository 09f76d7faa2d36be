"""Where PyTorch computes."""

import torch

from inference.engine.errors import LoadError


def prepare(asked: str, threads: int) -> torch.device:
    """The device that is asked for: `auto`, `cpu`, `cuda` or `cuda:1`; so many cores are used.

    Raises:
        LoadError: it is not there.
    """
    torch.set_num_threads(threads)
    if asked == "cpu" or (asked == "auto" and not torch.cuda.is_available()):
        return torch.device("cpu")
    device = torch.device("cuda", int(asked.partition(":")[2] or 0))
    if device.index >= torch.cuda.device_count():
        raise LoadError(f"instances.device: PyTorch finds no {asked} here.")
    return device
