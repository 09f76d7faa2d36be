"""Adaptive instance normalization, in tiles with the statistics of the whole picture."""

from collections.abc import Callable
from typing import Final

import torch
from torch import nn

from inference.painting.tiles import tiles

STRIDE: Final = 8
"""Pixels of the picture to a feature, along each axis."""
TILE: Final = 512
RIM: Final = 64
"""In pixels, as `TILE`: neither network sees farther around a pixel."""
EPSILON: Final = 1e-5

Statistics = tuple[torch.Tensor, torch.Tensor]
"""Mean and standard deviation of each channel, (1, C, 1, 1) each."""


def statistics(features: torch.Tensor) -> Statistics:
    """Of features (1, C, h, w) over space. The variance is unbiased, as in the published code."""
    variance = features.var(dim=(2, 3), keepdim=True, correction=1) + EPSILON
    return features.mean(dim=(2, 3), keepdim=True), variance.sqrt()


def restyled(features: torch.Tensor, style: Statistics, alpha: float) -> torch.Tensor:
    """Features (1, C, h, w) with the statistics of a style; alpha 0: as they were."""
    mean, deviation = statistics(features)
    styled = (features - mean) / deviation * style[1] + style[0]
    return styled * alpha + features * (1 - alpha)


def encoded(
    encoder: nn.Module, picture: torch.Tensor, on_done: Callable[[float], None], tile: int = TILE
) -> torch.Tensor:
    """The features of a picture (1, 3, H, W), tile by tile; `on_done` hears how much is done."""
    height, width = picture.shape[2:]
    size = (-(-height // STRIDE), -(-width // STRIDE))
    features = picture.new_empty(())
    plan = tiles(height, width, tile=tile, rim=RIM)
    for done, (rows, columns) in enumerate(plan, start=1):
        part = encoder(picture[:, :, rows.seen, columns.seen])
        if done == 1:
            features = part.new_empty((1, part.shape[1], *size))
        kept = part[:, :, _cells(rows.kept), _cells(columns.kept)]
        features[:, :, _cells(rows.own), _cells(columns.own)] = kept
        on_done(done / len(plan))
    return features


def decoded(
    decoder: nn.Module,
    features: torch.Tensor,
    on_done: Callable[[float, torch.Tensor], None],
    tile: int = TILE,
) -> torch.Tensor:
    """The picture (1, 3, 8 h, 8 w) of features (1, C, h, w), tile by tile.

    `on_done` hears how much is done, and has the picture, which is grey where it is not.
    """
    height, width = (side * STRIDE for side in features.shape[2:])
    picture = features.new_full((1, 3, height, width), 0.5)
    plan = tiles(height, width, tile=tile, rim=RIM)
    for done, (rows, columns) in enumerate(plan, start=1):
        part = decoder(features[:, :, _cells(rows.seen), _cells(columns.seen)])
        picture[:, :, rows.own, columns.own] = part[:, :, rows.kept, columns.kept]
        on_done(done / len(plan), picture)
    return picture


def _cells(pixels: slice) -> slice:
    return slice(pixels.start // STRIDE, -(-pixels.stop // STRIDE))
