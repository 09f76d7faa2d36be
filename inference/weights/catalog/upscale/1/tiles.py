"""Enlarges a photo of any size tile by tile, so that memory stays bounded."""

from collections.abc import Callable, Iterator

import numpy as np

from inference.engine.model import Pixels

TILE = 192


def enlarge(
    image: Pixels,
    times: int,
    network: Callable[[Pixels], Pixels],
    *,
    overlap: int,
    report: Callable[[float], None],
) -> Pixels:
    """(H, W, 3) to (times·H, times·W, 3).

    `network` enlarges any picture so. Tiles fit together exactly where `overlap` is how many pixels
    away what comes out still depends on what goes in. `report` is told the fraction that is done.
    Beyond its edges the picture goes on mirrored: a network that pads with black darkens corners.
    """
    height, width = image.shape[:2]
    around = np.pad(image, ((overlap, overlap), (overlap, overlap), (0, 0)), mode="symmetric")
    larger = np.empty((times * height, times * width, 3), np.uint8)
    tiles = list(_tiles(height, width))
    for index, (top, left) in enumerate(tiles):
        seen = around[top : top + TILE + 2 * overlap, left : left + TILE + 2 * overlap]
        result = network(seen)[times * overlap :, times * overlap :]
        place = larger[times * top : times * (top + TILE), times * left : times * (left + TILE)]
        place[...] = result[: place.shape[0], : place.shape[1]]
        report((index + 1) / len(tiles))
    return larger


def _tiles(height: int, width: int) -> Iterator[tuple[int, int]]:
    """The top and the left of each."""
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            yield top, left
