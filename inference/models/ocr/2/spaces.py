"""Spaces in lines of Chinese and Japanese, beside figures and Latin letters.

The recogniser has seen few there and leaves them out, though it finds them likelier than anywhere
else: where there is white enough too, there is one.
"""

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from ink import HEIGHT, Runs, runs_of
from recogniser import Letter

from inference.engine.model import Pixels

SPACE = Letter(" ", 1.0, 0.0)
WHITE, LIKELY = 0.19, 0.0015
"""The least gap between a Chinese letter and a figure or Latin letter that is a space, over the
line's height, and the least chance of it."""
NARROW_WHITE, NARROW_LIKELY, TIMES_LIKELY = 0.14, 0.06, 0.004
"""The same between two figures or Latin letters, and the chance beside a sign of multiplication."""
TIMES = frozenset("x*@\N{MULTIPLICATION SIGN}")
BESIDE = 0.12
"""How far beyond the middles of its neighbors a gap's own may lie, over the line's height."""


def with_spaces(line: Pixels, letters: Sequence[Letter]) -> list[Letter]:
    """The letters of a line (H, W, 3), RGB, with the spaces that are missing."""
    if not any(_is_wide(letter.text) for letter in letters) or all(
        _is_wide(letter.text) for letter in letters
    ):
        return list(letters)
    runs = runs_of(line)
    width = line.shape[1] * HEIGHT / line.shape[0]
    found = list(letters[:1])
    for before, letter in pairwise(letters):
        if _is_apart(before, letter, runs, width):
            found.append(SPACE)
        found.append(letter)
    return found


def _is_apart(before: Letter, letter: Letter, runs: Runs, width: float) -> bool:
    wide = _is_wide(before.text), _is_wide(letter.text)
    if all(wide) or not all(map(_is_word, (before.text, letter.text))):
        return False
    white, likely = (WHITE, LIKELY) if any(wide) else (NARROW_WHITE, _least_chance(before, letter))
    if letter.space < likely:
        return False
    gaps = runs[1:, 0] - runs[:-1, 1]
    middles = (runs[1:, 0] + runs[:-1, 1]) / 2
    beside = BESIDE * HEIGHT
    first, last = before.place * width - beside, letter.place * width + beside
    between = gaps[(middles > first) & (middles < last)]
    return bool(np.max(between, initial=0) >= white * HEIGHT)


def _least_chance(before: Letter, letter: Letter) -> float:
    return TIMES_LIKELY if before.text in TIMES or letter.text in TIMES else NARROW_LIKELY


def _is_word(text: str) -> bool:
    """Whether it is no mark that stands close to its neighbors, or for a long vowel."""
    return text.isalnum() or text in TIMES or unicodedata.category(text[:1] or " ") == "Sc"


def _is_wide(text: str) -> bool:
    return unicodedata.east_asian_width(text[:1] or " ") in "WF"
