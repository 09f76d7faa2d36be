"""The minus before an amount by itself, told by its ink.

The recogniser leaves out one that is thin or far from its figures, and reads some twice.
"""

import re
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from hangul import DARK, ink_of
from recogniser import Letter
from tesseract import Grey, grey

from inference.engine.model import Pixels

MINUS: Final = "-"
WIDE, FLAT = 0.15, 0.15
"""How wide a minus is at least, and how high at most, over the figures' height."""
LONG: Final = 1.5
"""How many times as wide as high it is at least."""
MIDDLE: Final = 0.3, 0.75
"""Between these heights, from above, is its middle."""
SURE: Final = 0.8
_AMOUNT: Final = re.compile(
    r"(-{0,2})[$\u20ac\u00a3\u00a5\uffe5\u20a9W]?\d[\d.,]*[\u5186\u20ac\uc6d0]?"
)


def with_minus(line: Pixels, letters: Sequence[Letter]) -> Sequence[Letter]:
    """The letters of an RGB line (H, W, 3); before an amount, as many signs as there are."""
    found = _AMOUNT.fullmatch("".join(letter.text for letter in letters))
    if not found or len(letters) != len(found[0]) or len(found[1]) == 1:
        return letters
    seen = _signs(grey(line))
    # Several are a leader between an item and its amount.
    if len(seen) != 1:
        return letters
    return [Letter(MINUS, SURE, seen[0] / line.shape[1]), *letters[len(found[1]) :]]


def _signs(values: Grey) -> list[float]:
    """The middles of the strokes before the first figure that are a minus, in pixels."""
    _, height = ink_of(values)
    dark = np.asarray(values < DARK, np.uint8)
    rows = np.flatnonzero(dark.any(axis=1))
    count, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    columns = dark.sum(axis=0)
    found = []
    for left, top, across, down, _ in sorted(stats[1:count].tolist()):
        if max(across, down) < WIDE * height:
            continue
        middle = (top + down / 2 - rows[0]) / height
        is_flat = down <= FLAT * height and across >= LONG * down
        # Ink above or below it is a figure's, and what touches the edge is the end of something.
        is_alone = left and columns[left : left + across].max() <= down
        if not (is_flat and MIDDLE[0] <= middle <= MIDDLE[1] and is_alone):
            break
        found.append(left + across / 2)
    return found
