"""Dots in the middle of a Korean line, told by their ink: Tesseract takes bullets for them, and
some of them for colons and dashes."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hangul import DARK, Ink, Span, spans
from tesseract import Grey, Symbol

DOT, BULLET = "\N{MIDDLE DOT}", "\N{BULLET}"
ALIKE = frozenset((DOT, BULLET, ":", "-"))
REACH = 0.35
"""How far beside its place a dot's ink may be. This and the lengths below are over the letters'
height."""
LARGE, LARGEST = 0.195, 0.5
"""How wide a bullet is at least, and at most."""
MIDDLE = 0.3, 0.75
"""Between these heights, from above, is the middle of a dot."""
ROUND = 1.5
"""How many times as wide as high, or the reverse, it is at most."""
SPACE = 0.32
"""The least gap of a space beside it."""


def with_dots(symbols: Sequence[Symbol], grey: Grey, ink: Ink, height: int) -> list[Symbol]:
    """The symbols, those whose ink is one dot in the middle of the line as what it is."""
    found = list(symbols)
    for at, symbol in enumerate(symbols):
        if symbol.text not in ALIKE:
            continue
        part = _part(symbol, grey, ink, height)
        if not part:
            continue
        text = BULLET if part.width >= LARGE * height else DOT
        found[at] = replace(symbol, text=text, left=part.first, right=part.end - 1)
        before = np.flatnonzero(ink[: part.first])
        after = np.flatnonzero(ink[part.end :])
        if len(before):
            found[at] = replace(found[at], spaced=bool(part.first - before[-1] > SPACE * height))
        if at + 1 < len(found) and len(after):
            found[at + 1] = replace(found[at + 1], spaced=bool(after[0] >= SPACE * height))
    return found


def _part(symbol: Symbol, grey: Grey, ink: Ink, height: int) -> Span | None:
    """The dot near a symbol; no syllable has a part that is one."""
    reach = REACH * height
    near = [
        part
        for part in spans(ink)
        if symbol.left - reach <= part.first
        and part.end <= symbol.right + 1 + reach
        and _is_dot(grey, part, height)
    ]
    middle = (symbol.left + symbol.right) / 2
    return min(near, key=lambda part: abs((part.first + part.end) / 2 - middle), default=None)


def _is_dot(grey: Grey, part: Span, height: int) -> bool:
    """Whether a part's ink is a single dot in the middle of the line."""
    if part.width > LARGEST * height:
        return False
    rows = np.flatnonzero((grey < DARK).any(axis=1))
    dark = np.flatnonzero((grey[:, part.first : part.end] < DARK).any(axis=1))
    down = int(dark[-1] - dark[0] + 1)
    middle = ((dark[0] + dark[-1] + 1) / 2 - rows[0]) / height
    is_one = len(dark) == down and MIDDLE[0] <= middle <= MIDDLE[1]
    return is_one and (1 / ROUND <= part.width / down <= ROUND or abs(part.width - down) <= 1)
