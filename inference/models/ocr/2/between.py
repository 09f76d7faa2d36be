"""The ink of a line that lies between two of its letters."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from hangul import DARK, ink_of
from recogniser import Letter
from tesseract import Grey

HALF_LETTER: Final = 0.35
"""So far a letter reaches from its middle, over the letters' height."""


def ink_between(values: Grey, letters: Sequence[Letter], first: int, end: int) -> Grey:
    """What stands in a grey line (H, W) for the letters from one index to another.

    It begins at the blank or behind the letter before them, and ends before the next letter: what
    they are read as may be narrower than what stands there. White around it is cut off; it is empty
    where all is white.
    """
    width = values.shape[1]
    half = HALF_LETTER * ink_of(values)[1] / width
    before = [one.place if one.text == " " else one.place + half for one in letters[:first]]
    after = [one.place - half for one in letters[end:] if one.text != " "]
    left, right = before[-1] if before else 0.0, min(after, default=1.0)
    part = values[:, max(0, int(left * width)) : max(0, round(right * width))]
    rows, columns = (np.flatnonzero((part < DARK).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return part[:0]
    return part[max(0, rows[0] - 1) : rows[-1] + 2, max(0, columns[0] - 1) : columns[-1] + 2]
