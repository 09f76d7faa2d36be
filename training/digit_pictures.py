"""Handwritten digits as a camera sees them, made of the UCI set's 8 by 8 grey values."""

import math
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

SIDE: Final = 128
"""Width and height in pixels of what the network sees."""
CELLS: Final = 8
"""Width and height of a digit of the set."""


def pictures(digits: Tensor, random: torch.Generator) -> tuple[Tensor, Tensor]:
    """Each digit (N, 1, 8, 8; 0 is paper, 1 is ink) as one random photo (N, 1, 128, 128) in 0 to 1.

    It lies anywhere, turned and slanted, an eighth of the picture high or nearly all of it, drawn
    with any pen, dark on light or light on dark, in uneven light, in shadows with an edge, blurred,
    with noise, with lines and edges of paper beside it, and with the bars of a picture that was
    made square.

    With it, where the digit lies (N, 3): across and down, the picture being -1 to 1, and how high
    it is, the picture being 1.
    """
    count = len(digits)
    bars = _bars(count, random)
    ink, boxes = _drawn(digits, bars, random)
    ink = torch.maximum(ink, _ruled(count, random))
    paper = _uniform((count, 1, 1, 1), 0.45, 1.0, random) + _light(count, random)
    contrast = _uniform((count, 1, 1, 1), 0.25, 0.9, random)
    shown = paper - contrast * ink * paper.mean((2, 3), keepdim=True)
    shown = _shaded(_beside(shown, random), random)
    shown = _blurred(shown, random)
    shown = shown + _uniform((count, 1, 1, 1), 0, 0.06, random) * _normal(shown.shape, random)
    shown = _barred(shown.clamp(0, 1), bars)
    is_inverted = _uniform((count, 1, 1, 1), 0, 1, random) < 0.35
    return torch.where(is_inverted, 1 - shown, shown), boxes


def plain(digits: Tensor) -> Tensor:
    """Each digit (N, 1, 8, 8) upright in the middle, dark on white, as it is in the set."""
    margin = functional.pad(digits, (1, 1, 1, 1))
    large = functional.interpolate(margin, size=SIDE, mode="bicubic", align_corners=False)
    return 1 - large.clamp(0, 1)


def _drawn(digits: Tensor, bars: Tensor, random: torch.Generator) -> tuple[Tensor, Tensor]:
    """The ink of the digits (N, 1, 8, 8), each somewhere between the bars, with a pen's edge; and
    where they lie."""
    count = len(digits)
    size = torch.exp(_uniform((count,), math.log(0.13), math.log(1.0), random))
    size = size * (1 - 2 * bars.amax(1))
    width = size * _uniform((count,), 0.75, 1.2, random)
    angle = _uniform((count,), -0.3, 0.3, random)
    slant = _uniform((count,), -0.25, 0.25, random)
    place = _uniform((count, 2), -0.9, 0.9, random) * (1 - size[:, None] - 2 * bars).clamp(min=0)
    across, down = place.unbind(1)
    cos, sin = torch.cos(angle), torch.sin(angle)
    # From a place in the picture (-1 to 1) to one in the digit: shift, turn, slant, enlarge.
    rows = [
        torch.stack([(cos + slant * sin) / width, (slant * cos - sin) / width], 1),
        torch.stack([sin / size, cos / size], 1),
    ]
    matrix = torch.stack(rows, 1)
    offset = -matrix @ torch.stack([across, down], 1)[..., None]
    scale = CELLS / (CELLS + 2)
    grid = functional.affine_grid(
        torch.cat([matrix, offset], 2) * scale, [count, 1, SIDE, SIDE], align_corners=False
    )
    pen = functional.grid_sample(_pen(digits, random), grid, align_corners=False)
    edge = _uniform((count, 1, 1, 1), 0.25, 0.6, random)
    hardness = torch.exp(_uniform((count, 1, 1, 1), math.log(5), math.log(30), random))
    return torch.sigmoid((pen - edge) * hardness), torch.stack([across, down, size], 1)


def _pen(digits: Tensor, random: torch.Generator) -> Tensor:
    """The digits (N, 1, 8, 8), larger, with a cell of nothing around, their strokes as thick as in
    the set or down to their ridges: a ball-point's line."""
    padded = functional.pad(digits, (1, 1, 1, 1))
    large = functional.interpolate(padded, scale_factor=4, mode="bicubic").clamp(0, 1)
    highest = functional.max_pool2d(large, 9, 1, 4).clamp(min=0.2)
    thinness = _uniform((len(digits), 1, 1, 1), -2, 5, random).clamp(min=0)
    return large * (large / highest) ** thinness


def _ruled(count: int, random: torch.Generator) -> Tensor:
    """Faint lines of ruled or squared paper, on a quarter of the pictures."""
    places = torch.arange(SIDE).float()
    lines = torch.zeros(count, 1, SIDE, SIDE)
    for dimension, share in ((2, 0.25), (3, 0.12)):
        spacing = _uniform((count, 1), 10, 48, random)
        phase = _uniform((count, 1), 0, 48, random)
        near = ((places[None] + phase) % spacing) < 1
        strength = _uniform((count, 1), 0.05, 0.3, random)
        strength = strength * (_uniform((count, 1), 0, 1, random) < share)
        drawn = (near * strength)[:, None]
        lines = torch.maximum(lines, drawn[..., None] if dimension == 2 else drawn[..., None, :])
    return lines


def _light(count: int, random: torch.Generator) -> Tensor:
    """Light that falls from one side, and a soft shadow."""
    coarse = _normal((count, 1, 3, 3), random) * _uniform((count, 1, 1, 1), 0, 0.12, random)
    return functional.interpolate(coarse, size=SIDE, mode="bicubic", align_corners=True)


def _beside(shown: Tensor, random: torch.Generator) -> Tensor:
    """What lies beside the paper, along one edge of a third of the pictures."""
    count = len(shown)
    angle = _uniform((count, 1, 1), 0, 2 * math.pi, random)
    axis = torch.linspace(-1, 1, SIDE)
    along = axis[None, None, :] * torch.cos(angle) + axis[None, :, None] * torch.sin(angle)
    # The corner is √2 away.
    is_beside = along > _uniform((count, 1, 1), 0.9, 1.3, random)
    is_beside &= _uniform((count, 1, 1), 0, 1, random) < 0.35
    table = _uniform((count, 1, 1, 1), 0, 1, random)
    return torch.where(is_beside[:, None], table, shown)


def _shaded(shown: Tensor, random: torch.Generator) -> Tensor:
    """A shadow with an edge across half of the pictures: of a straight thing, or of its corner."""
    count = len(shown)
    axis = torch.linspace(-1, 1, SIDE)
    angle = _uniform((count, 1, 1), 0, 2 * math.pi, random)
    turn = _uniform((count, 1, 1), 0.4, 2.6, random)
    is_corner = _uniform((count, 1, 1), 0, 1, random) < 0.5
    reach = torch.full((count, SIDE, SIDE), math.inf)
    for side, counts in ((angle, torch.ones_like(is_corner)), (angle + turn, is_corner)):
        along = axis[None, None, :] * torch.cos(side) + axis[None, :, None] * torch.sin(side)
        off = along - _uniform((count, 1, 1), -0.8, 0.8, random)
        reach = torch.where(counts, torch.minimum(reach, off), reach)
    softness = torch.exp(_uniform((count, 1, 1), math.log(0.005), math.log(0.2), random))
    depth = _uniform((count, 1, 1), 0.15, 0.7, random)
    depth = depth * (_uniform((count, 1, 1), 0, 1, random) < 0.5)
    return shown * (1 - depth * torch.sigmoid(reach / softness))[:, None]


def _blurred(shown: Tensor, random: torch.Generator) -> Tensor:
    """Some of the pictures out of focus."""
    soft = functional.avg_pool2d(functional.pad(shown, (1, 1, 1, 1), mode="replicate"), 3, 1)
    share = _uniform((len(shown), 1, 1, 1), -0.8, 1, random).clamp(min=0)
    return soft * share + shown * (1 - share)


def _bars(count: int, random: torch.Generator) -> Tensor:
    """How wide the bars at left and right, and at top and bottom, are (N, 2) of the picture: none
    on half of the pictures."""
    wide = _uniform((count, 1), -0.22, 0.22, random).clamp(min=0)
    lies = (_uniform((count, 1), 0, 1, random) < 0.5).float()
    return torch.cat([wide * lies, wide * (1 - lies)], 1)


def _barred(shown: Tensor, bars: Tensor) -> Tensor:
    """The bars of pictures that were not square: grey, as `fill` says."""
    places = (torch.arange(SIDE) + 0.5) / SIDE
    near = torch.minimum(places, 1 - places)
    beside, above = (near[None] < bars[:, i : i + 1] for i in (0, 1))
    is_bar = beside[:, None, None, :] | above[:, None, :, None]
    return torch.where(is_bar, torch.full_like(shown, 0.5), shown)


def _uniform(shape: tuple[int, ...], low: float, high: float, random: torch.Generator) -> Tensor:
    return torch.rand(shape, generator=random) * (high - low) + low


def _normal(shape: tuple[int, ...], random: torch.Generator) -> Tensor:
    return torch.randn(shape, generator=random)
