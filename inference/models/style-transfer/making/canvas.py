"""What style pictures are drawn with: noise, colors, cells and brush strokes."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.float64]
Color = tuple[int, int, int]

SIDE = 512
"""Drawn at twice the size, so that edges are smooth."""


def noise(seed: int, cells: int) -> Plane:
    """Smooth noise (SIDE, SIDE) from 0 to 1 with so many bumps along a side."""
    coarse = np.random.default_rng(seed).random((cells, cells))
    plane = cv2.resize(coarse, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    return np.asarray((plane - plane.min()) / (plane.max() - plane.min()), np.float64)


def shades(plane: Plane, colors: Sequence[Color]) -> npt.NDArray[np.float64]:
    """Colors (SIDE, SIDE, 3) that run one into the next as the plane goes from 0 to 1."""
    table = np.array(colors, np.float64)
    place = np.clip(plane, 0, 1) * (len(table) - 1)
    low = np.clip(place.astype(int), 0, len(table) - 2)
    return np.asarray(table[low] + (table[low + 1] - table[low]) * (place - low)[..., None])


def cells(seed: int, count: int, *, spread: float = 0.0) -> tuple[npt.NDArray[np.int64], Plane]:
    """Which of `count` points is the nearest to each pixel, and how much farther the second is.

    The points lie on a grid, each moved by up to `spread` of its step; 0: anywhere.
    """
    random = np.random.default_rng(seed)
    points = random.random((count, 2)) * SIDE
    if spread:
        side = round(count**0.5)
        grid = np.stack(np.meshgrid(np.arange(side), np.arange(side)), -1).reshape(-1, 2) + 0.5
        points = (grid + (random.random(grid.shape) - 0.5) * spread) * SIDE / side
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    nearest = np.full((SIDE, SIDE), np.inf)
    second = nearest.copy()
    which = np.zeros((SIDE, SIDE), np.int64)
    for number, (px, py) in enumerate(points):
        distance = np.hypot(x - px, y - py)
        closer = distance < nearest
        second = np.where(closer, nearest, np.minimum(second, distance))
        which[closer] = number
        nearest = np.minimum(nearest, distance)
    return which, second - nearest


def brush(
    base: npt.NDArray[np.float64],
    angle: Plane,
    seed: int,
    *,
    count: int,
    length: int,
    width: int,
    jitter: int,
) -> Picture:
    """Strokes of the base's colors along a field of angles, over one another."""
    random = np.random.default_rng(seed)
    picture = np.clip(base, 0, 255).astype(np.uint8)
    for _ in range(count):
        x, y = random.random(2) * SIDE
        color = base[int(y), int(x)] + random.integers(-jitter, jitter + 1)
        color = np.clip(color + random.integers(-jitter // 3, jitter // 3 + 1, 3), 0, 255)
        line = [(x, y)]
        for _ in range(length):
            turn = angle[int(np.clip(y, 0, SIDE - 1)), int(np.clip(x, 0, SIDE - 1))]
            x, y = x + 4 * np.cos(turn), y + 4 * np.sin(turn)
            line.append((x, y))
        thick = int(width + random.integers(-1, 2))
        red, green, blue = color.astype(int).tolist()
        draw_line(picture, line, (red, green, blue), thick)
    return picture


def draw_line(
    picture: Picture, line: Sequence[tuple[float, float]], color: Color, width: int
) -> None:
    """A line through these points."""
    points = np.round(np.array(line)).astype(np.int32)
    cv2.polylines(
        picture,
        [points],
        isClosed=False,
        color=color,
        thickness=max(1, width),
        lineType=cv2.LINE_AA,
    )
