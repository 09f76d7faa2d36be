"""Where PyTorch computes."""

import torch

from inference.engine.model import LoadContext, LoadError


def prepare(context: LoadContext) -> torch.device:
    """The device that the context asks for; the context is told which it is.

    Raises:
        LoadError: it is not there.
    """
    torch.set_num_threads(context.threads)
    asked = context.device
    if asked == "cpu" or (asked == "auto" and not torch.cuda.is_available()):
        device = torch.device("cpu")
    else:
        device = torch.device("cuda", int(asked.partition(":")[2] or 0))
        if device.index >= torch.cuda.device_count():
            raise LoadError(f"instances.device: PyTorch finds no {asked} here.")
    context.computes_on = str(device)
    return device
