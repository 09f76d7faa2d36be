"""Numbers of two figures in circles: the recogniser knows ten signs, and takes ⑫ for ② or 12."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from exponents import picture
from hangul import ink_of
from recogniser import Letter, Recogniser
from tesseract import Grey, grey

from inference.engine.model import Pixels

ONE: Final = 0x2460
"""The code point of the first; there are twenty."""
LOOKED_AT: Final = 96
"""How high a line is at least where rings are looked for, in pixels."""
DARK: Final = 150
"""Grey values below are ink there."""
ROUND: Final = 0.85, 1.18
"""How wide a ring is, over its height."""
HIGH: Final = 0.6
"""How high it is at least, over the letters' height."""
FILLED: Final = 0.72, 0.84
"""The part of its square that it and what is in it cover: a circle's is 0.785."""
INNER: Final = 0.78
"""How wide that is which stands in it, over its width."""
SURE: Final = 0.8
_MAYBE: Final = re.compile("[0-9@()\u2460-\u2473\u25cb\u25ef\u3007]")
_NUMBER: Final = re.compile("1[0-9]|20")


@dataclass(frozen=True)
class _Ring:
    left: float
    right: float
    inside: Grey
    """What stands in it."""


def with_circled_numbers(
    recogniser: Recogniser, line: Pixels, letters: Sequence[Letter]
) -> Sequence[Letter]:
    """The letters of an RGB line (H, W, 3) with the numbers from 10 to 20 put in."""
    if not _MAYBE.search("".join(letter.text for letter in letters)):
        return letters
    rings = _rings(grey(line))
    found = list(letters)
    readings = recogniser.read([picture(ring.inside) for ring in rings]) if rings else []
    for ring, read in zip(rings, readings, strict=True):
        if not _NUMBER.fullmatch(read.text) or read.confidence < SURE:
            continue
        place = (ring.left + ring.right) / 2 / line.shape[1]
        # Its figures may be told as late as in the blank behind it.
        late = (ring.right - ring.left) / 4
        first, end = ring.left / line.shape[1], (ring.right + late) / line.shape[1]
        found = [one for one in found if one.text == " " or not first <= one.place <= end]
        sign = Letter(chr(ONE + int(read.text) - 1), SURE, place)
        found = sorted([*found, sign], key=lambda one: one.place)
    return found


def _rings(values: Grey) -> list[_Ring]:
    scale = max(1, -(-LOOKED_AT // values.shape[0]))
    size = values.shape[1] * scale, values.shape[0] * scale
    values = np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    _, height = ink_of(values)
    dark = np.asarray(values < DARK, np.uint8)
    outlines, _ = cv2.findContours(dark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    found = []
    for outline in outlines:
        left, top, across, down = cv2.boundingRect(outline)
        filled = cv2.contourArea(outline) / (across * down)
        if (
            down >= HIGH * height
            and ROUND[0] <= across / down <= ROUND[1]
            and FILLED[0] <= filled <= FILLED[1]
        ):
            inside = _inside(values[top : top + down, left : left + across])
            found.append(_Ring(left / scale, (left + across) / scale, inside))
    return found


def _inside(ring: Grey) -> Grey:
    """A ring's square with nothing but what stands in it."""
    down, across = ring.shape
    mask = np.zeros(ring.shape, np.uint8)
    axes = round(across * INNER / 2), round(down * INNER / 2)
    cv2.ellipse(mask, (across // 2, down // 2), axes, 0, 0, 360, 1, cv2.FILLED)
    return np.asarray(np.where(mask, ring, 255), np.uint8)
