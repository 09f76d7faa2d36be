"""Signs of multiplication, which Tesseract takes for percent, or reads as both."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from recogniser import Letter
from tesseract import Symbol

TIMES, PERCENT = "\N{MULTIPLICATION SIGN}", "%"
NEAR: Final = 0.5
"""How far apart the two readers may tell one sign, over the letters' height."""
_READ: Final = re.compile(rf"(?<=\D)(?:%{TIMES}|{TIMES}%|%)(?=\d)")
"""Between what is counted and a figure."""


def with_times(symbols: Sequence[Symbol], whole: Sequence[Letter], height: int) -> list[Symbol]:
    """The symbols, percent of nothing before a figure as what it is.

    Args:
        symbols: what Tesseract reads in a line.
        whole: what PP-OCR reads there, which knows the one from the other.
        height: of the line's letters, in pixels.
    """
    found = list(symbols)
    for match in reversed(list(_READ.finditer("".join(one.text for one in symbols)))):
        read = symbols[match.start() : match.end()]
        first, last = read[0], read[-1]
        if not any(
            one.text == PERCENT
            and first.left <= one.place + NEAR * height
            and one.place - NEAR * height <= last.right
            for one in whole
        ):
            sign = replace(first, text=TIMES, right=last.right)
            found[match.start() : match.end()] = [sign]
    return found
