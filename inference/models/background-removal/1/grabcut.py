"""GrabCut on a small image, one iteration at a time.

Carsten Rother, Vladimir Kolmogorov, Andrew Blake: "GrabCut": Interactive Foreground Extraction
using Iterated Graph Cuts, SIGGRAPH 2004.
"""

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from inference.engine.model import Pixels

Mask = npt.NDArray[np.bool_]
Rect = tuple[int, int, int, int]

NO_RECT = (0, 0, 0, 0)
NOISE = 2
"""Pixels are moved by up to this much: over exactly plain areas the graph cut takes minutes."""


def cut(image: Pixels, rect: Rect, iterations: int, *, is_sure: bool) -> Iterator[Mask | None]:
    """The foreground (h, w) after each iteration; None, and no more, once there is none to find.

    `rect` (left, top, width, height) holds the subject. With `is_sure`, what lies outside is
    background in any case; else what lies below it only begins as that: a body may go on there.
    """
    left, top, width, height = rect
    random = np.random.default_rng(0)
    noise = random.integers(-NOISE, NOISE, image.shape, np.int16, endpoint=True)
    noisy = np.clip(image + noise, 0, 255).astype(np.uint8)
    # GrabCut's clusters begin at random: the same image is to give the same result.
    cv2.setRNGSeed(0)
    labels: Pixels = np.full(image.shape[:2], cv2.GC_BGD, np.uint8)
    if not is_sure:
        labels[top + height :] = cv2.GC_PR_BGD
    labels[top : top + height, left : left + width] = cv2.GC_PR_FGD
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    mode = cv2.GC_INIT_WITH_MASK
    for _ in range(iterations):
        try:
            cv2.grabCut(noisy, labels, NO_RECT, background, foreground, 1, mode)
        except cv2.error:
            # It needs pixels of both kinds, which a plain or tiny image does not offer.
            yield None
            return
        mode = cv2.GC_EVAL
        mask = (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
        yield mask if mask.any() else None
