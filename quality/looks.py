"""How different pictures look at a glance: by their colors, their contrast, grain and edges."""

from collections.abc import Mapping
from itertools import combinations
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from quality.conditions import Pixels

SIDE: Final = 512
"""Pictures are compared at this width."""
GRAIN: Final = 9
EDGE: Final = 60
"""From this slope of lightness a pixel is an edge, by Sobel; lightness goes from 0 to 100."""

Looks = npt.NDArray[np.float64]


def looks(picture: Pixels) -> Looks:
    """Eight numbers: means and deviations of L, a and b, twice the deviation within 9 x 9 pixels,
    and the share of edges in percent."""
    height, width = picture.shape[:2]
    size = (SIDE, max(1, round(SIDE * height / width)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    light = np.asarray(lab[..., 0], np.float32)
    mean, square = (cv2.blur(one, (GRAIN, GRAIN)) for one in (light, light * light))
    grain = np.sqrt(np.maximum(0, square - mean * mean)).mean()
    slope = np.hypot(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1))
    edges = 100 * (slope > EDGE).mean()
    return np.array([*lab.mean((0, 1)), *lab.std((0, 1)), 2 * grain, edges], np.float64)


def nearest(paintings: Mapping[str, Looks]) -> dict[str, tuple[str, float]]:
    """Of each painting of one photo the one that looks most like it, and how far apart they are."""
    found: dict[str, tuple[str, float]] = {}
    for pair in combinations(paintings, 2):
        apart = float(np.linalg.norm(paintings[pair[0]] - paintings[pair[1]]))
        for one, other in (pair, pair[::-1]):
            if one not in found or apart < found[one][1]:
                found[one] = (other, apart)
    return found
