"""Signs that differ from what the recogniser takes them for by a stroke or a ring more.

It reads the won sign as W and per mille as percent, and is as sure of them as of any letter.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from between import ink_between
from hangul import DARK
from recogniser import Letter
from tesseract import Grey, grey

from inference.engine.model import Pixels

Ink = npt.NDArray[np.uint8]

HEIGHT: Final = 72
"""Of a sign as it is looked at, in pixels: its rings are white inside then, however small."""
BAR: Final = 0.8
"""The part of the sign's width that a bar covers at least: of a W a row has 0.73 at most, of the
won sign 0.88 and more."""
FIRST_BAR, LAST_BAR = 0.2, 0.85
"""Between these the bars are, over the sign's height: the feet of a W are wide too."""
LOW: Final = 0.6
"""The rings to the right of the stroke have their middle so far down, over the sign's height."""
LEAST_RING: Final = 3
"""Pixels that are white in it."""
WON, PER_MILLE = "\N{WON SIGN}", "\N{PER MILLE SIGN}"
_WON = re.compile(r"(?<![A-Za-z\d.,])[Ww](?= ?\d)")
_PER_MILLE = re.compile(r"(?<=\d) ?(%[o0]?)(?![A-Za-z\d])")


def with_barred_signs(line: Pixels, letters: Sequence[Letter]) -> Sequence[Letter]:
    """The letters of an RGB line (H, W, 3), each a text of one, with the signs in their places."""
    text = "".join(letter.text for letter in letters)
    if len(text) != len(letters):
        return letters
    kinds: list[tuple[re.Pattern[str], str, Callable[[Ink], bool]]] = [
        (_WON, WON, _has_bar),
        (_PER_MILLE, PER_MILLE, _has_two_low_rings),
    ]
    found = [
        (match.span(match.lastindex or 0), sign, is_it)
        for pattern, sign, is_it in kinds
        for match in pattern.finditer(text)
    ]
    if not found:
        return letters
    values, read = grey(line), list(letters)
    for (first, end), sign, is_it in sorted(found, key=lambda one: one[0], reverse=True):
        # The second ring is read as a small o or a zero, or not at all.
        part = ink_between(values, letters, first, end)
        if end - first > 1 or (part.size and is_it(_enlarged(part))):
            read[first:end] = [replace(letters[first], text=sign)]
    return read


def _enlarged(part: Grey) -> Ink:
    """What is dark in it, of one height, without white around."""
    width = max(1, round(part.shape[1] * HEIGHT / len(part)))
    enlarged = cv2.resize(part, (width, HEIGHT), interpolation=cv2.INTER_CUBIC)
    dark = np.asarray(enlarged < DARK, np.uint8)
    rows, columns = (np.flatnonzero(dark.any(axis=axis)) for axis in (1, 0))
    return dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else dark


def _has_bar(sign: Ink) -> bool:
    rows = sign[round(FIRST_BAR * len(sign)) : round(LAST_BAR * len(sign))]
    return bool(rows.size and rows.mean(axis=1).max() >= BAR)


def _has_two_low_rings(sign: Ink) -> bool:
    framed = np.pad(1 - sign, 1, constant_values=1)
    count, labels, stats, middles = cv2.connectedComponentsWithStats(framed, connectivity=4)
    rings = [
        float(middles[at][1])
        for at in range(1, count)
        if at != labels[0, 0] and stats[at, cv2.CC_STAT_AREA] >= LEAST_RING
    ]
    return sum(middle >= LOW * len(sign) for middle in rings) >= 2
