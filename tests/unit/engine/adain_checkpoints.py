"""Checkpoints in the layout of AdaIN's published ones, filled with seeded numbers, and what they
compute: written from a table of the layout, without any module of torch.

PyTorch is imported by who calls: every process of a run collects this, and it takes seconds.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import torch

State: TypeAlias = "Mapping[str, torch.Tensor]"

ENCODER = {
    0: (3, 3), 2: (3, 64), 5: (64, 64), 9: (64, 128), 12: (128, 128), 16: (128, 256),
    19: (256, 256), 22: (256, 256), 25: (256, 256), 29: (256, 512), 32: (512, 512),
    35: (512, 512), 38: (512, 512), 42: (512, 512), 45: (512, 512), 48: (512, 512), 51: (512, 512),
}  # fmt: skip
"""Channels in and out of each convolution up to relu5_4, by its place."""
POOLS = {7, 14, 27}
"""Below relu4_1, which is at 30."""
DECODER = {
    1: (512, 256), 5: (256, 256), 8: (256, 256), 11: (256, 256), 14: (256, 128), 18: (128, 128),
    21: (128, 64), 25: (64, 64), 28: (64, 3),
}  # fmt: skip
DOUBLES = {3, 16, 23}


def seeded(layout: Mapping[int, tuple[int, int]], seed: int) -> "dict[str, torch.Tensor]":
    """A state dict of that layout, scaled so that values neither vanish nor explode."""
    import torch

    random = torch.Generator().manual_seed(seed)
    state = {}
    for place, (inner, outer) in layout.items():
        side = 1 if (inner, outer) == (3, 3) else 3
        scale = (2 / (inner * side * side)) ** 0.5
        shape = (outer, inner, side, side)
        state[f"{place}.weight"] = torch.randn(shape, generator=random) * scale
        state[f"{place}.bias"] = torch.randn(outer, generator=random) * 0.05
    return state


def features(state: State, picture: "torch.Tensor") -> "torch.Tensor":
    """relu4_1 of a picture (1, 3, H, W)."""
    from torch.nn import functional

    x = functional.conv2d(picture, state["0.weight"], state["0.bias"])
    for place in sorted({*ENCODER, *POOLS}):
        if not 0 < place < 30:
            continue
        if place in POOLS:
            x = functional.max_pool2d(x, 2, 2, ceil_mode=True)
        else:
            x = functional.relu(_convolved(state, place, x))
    return x


def picture(state: State, x: "torch.Tensor") -> "torch.Tensor":
    """What a decoder makes of features."""
    from torch.nn import functional

    for place in sorted({*DECODER, *DOUBLES}):
        if place in DOUBLES:
            x = x.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
        else:
            x = _convolved(state, place, x)
            x = x if place == max(DECODER) else functional.relu(x)
    return x


def restyled(content: "torch.Tensor", style: "torch.Tensor", alpha: float) -> "torch.Tensor":
    """AdaIN in double precision, each channel's numbers by hand."""
    import torch

    result = torch.empty_like(content)
    for channel in range(content.shape[1]):
        ours, theirs = content[0, channel].double(), style[0, channel].double()
        means = ours.sum() / ours.numel(), theirs.sum() / theirs.numel()
        spreads = [
            (((values - mean) ** 2).sum() / (values.numel() - 1) + 1e-5) ** 0.5
            for values, mean in zip((ours, theirs), means, strict=True)
        ]
        styled = (ours - means[0]) / spreads[0] * spreads[1] + means[1]
        result[0, channel] = (alpha * styled + (1 - alpha) * ours).float()
    return result


def _convolved(state: State, place: int, x: "torch.Tensor") -> "torch.Tensor":
    from torch.nn import functional

    padded = functional.pad(x, (1, 1, 1, 1), mode="reflect")
    return functional.conv2d(padded, state[f"{place}.weight"], state[f"{place}.bias"])
