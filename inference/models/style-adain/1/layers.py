"""Encoder and decoder of AdaIN, in the layout of their published checkpoints.

A checkpoint's keys are the places of convolutions in a sequence: `2.weight`, `2.bias`.

Xun Huang, Serge Belongie: Arbitrary Style Transfer in Real-time with Adaptive Instance
Normalization, ICCV 2017. The encoder is VGG-19 (Karen Simonyan, Andrew Zisserman, 2014) with its
channels normalised, up to relu4_1.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import torch
from torch import nn

from inference.engine.model import LoadError

Layer = tuple[int, int] | str
"""A 3 x 3 convolution from so many channels to so many, mirrored at the border and followed by a
ReLU; or a change of size."""

_ENCODER: Final[Sequence[Layer]] = (
    *((3, 64), (64, 64), "halve", (64, 128), (128, 128), "halve"),
    *((128, 256), (256, 256), (256, 256), (256, 256), "halve", (256, 512)),
)
_DECODER: Final[Sequence[Layer]] = (
    *((512, 256), "double", (256, 256), (256, 256), (256, 256), (256, 128), "double"),
    *((128, 128), (128, 64), "double", (64, 64), (64, 3)),
)


def encoder(state: Mapping[str, torch.Tensor], file: str) -> nn.Sequential:
    """Pictures (N, 3, H, W) from 0 to 1 to features (N, 512, H/8, W/8), sides rounded up.

    What the checkpoint holds beyond relu4_1 does not count.

    Raises:
        LoadError: the state dict of `file` is not an encoder's.
    """
    network = nn.Sequential(nn.Conv2d(3, 3, 1), *_built(_ENCODER))
    return _filled(network, state, f"{file} is not the encoder of AdaIN")


def decoder(state: Mapping[str, torch.Tensor], file: str) -> nn.Sequential:
    """Features (N, 512, h, w) to pictures (N, 3, 8 h, 8 w), about 0 to 1.

    Raises:
        LoadError: the state dict of `file` is not a decoder's.
    """
    network = nn.Sequential(*_built(_DECODER)[:-1])
    return _filled(network, state, f"{file} is not a decoder of AdaIN")


def _built(layers: Sequence[Layer]) -> list[nn.Module]:
    built: list[nn.Module] = []
    for layer in layers:
        if isinstance(layer, tuple):
            built += [nn.ReflectionPad2d(1), nn.Conv2d(*layer, 3), nn.ReLU()]
        elif layer == "halve":
            built.append(nn.MaxPool2d(2, 2, ceil_mode=True))
        else:
            built.append(nn.Upsample(scale_factor=2, mode="nearest"))
    return built


def _filled(
    network: nn.Sequential, state: Mapping[str, torch.Tensor], refusal: str
) -> nn.Sequential:
    wanted = network.state_dict()
    if state and all(name.startswith("module.") for name in state):
        message = "its names begin with 'module.': save the network within DataParallel"
        raise LoadError(f"{refusal}: {message}.")
    for name, tensor in wanted.items():
        if name not in state:
            raise LoadError(f"{refusal}: it has no {name}.")
        if state[name].shape != tensor.shape:
            shapes = list(state[name].shape), list(tensor.shape)
            raise LoadError(f"{refusal}: {name} has the shape {shapes[0]}, not {shapes[1]}.")
    network.load_state_dict({name: state[name].float() for name in wanted})
    return network.eval().requires_grad_(requires_grad=False)
