"""Fractions in one sign whose figures touch the stroke.

The recogniser takes them for another, such as a third for a half, for a figure, or for nothing.

Cut out and read by itself, such a sign is two figures with a stroke between them.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from between import ink_between
from exponents import picture
from recogniser import Letter, Recogniser
from small_signs import FRACTIONS, SURE
from tesseract import Grey, grey

from inference.engine.model import Pixels

LIKELY: Final = 0.7
"""The chance of what is read by itself, on average."""
UNKNOWN: Final = 0.5
"""What a sign counts of which that doesn't tell which fraction it is."""
WHOLE: Final = 0.97
"""With so much confidence two figures are a number."""
_SIGNS = "".join(FRACTIONS.values())
_LONE = re.compile(
    rf"(?<![A-Za-z.,/])1?[{_SIGNS}\u00b3\u221b][2-8/]?(?![\d/])"
    r"|(?<![\w.,/])(?:1[23458]|23|3[48]|58|78)(?![\w.,/%])"
    r"|(?<=[A-Za-z])(  )(?=[A-Za-z])"
)
_ALONE = re.compile(r"([1-7])/([2-8])")


def with_fraction_signs(
    recogniser: Recogniser, line: Pixels, letters: Sequence[Letter]
) -> Sequence[Letter]:
    """The letters of an RGB line (H, W, 3), each a text of one, with the fractions put in."""
    text = "".join(letter.text for letter in letters)
    if len(text) != len(letters):
        return letters
    matches = [match for match in _LONE.finditer(text) if _is_doubtful(letters, match)]
    if not matches:
        return letters
    values, read = grey(line), list(letters)
    for match in reversed(matches):
        first, end = match.span()
        sign = _sign(recogniser, ink_between(values, letters, first, end))
        place = (letters[first].place + letters[end - 1].place) / 2
        if sign:
            blank = [letters[first]] * bool(match[1])
            read[first:end] = [*blank, Letter(sign, SURE, place), *blank]
        else:
            read[first:end] = [
                replace(one, confidence=min(UNKNOWN, one.confidence)) if one.text in _SIGNS else one
                for one in letters[first:end]
            ]
    return read


def _is_doubtful(letters: Sequence[Letter], match: re.Match[str]) -> bool:
    """Whether a sign was not seen by its parts, and two figures are no number for certain."""
    found = letters[match.start() : match.end()]
    if match[0].isdecimal():
        return min(one.confidence for one in found) < WHOLE
    return not any(one.text in _SIGNS and one.confidence == SURE for one in found)


def _sign(recogniser: Recogniser, part: Grey) -> str | None:
    if not part.size:
        return None
    (alone,) = recogniser.read([picture(part)])
    figures = _ALONE.fullmatch(alone.text)
    if figures is None or alone.confidence < LIKELY:
        return None
    return FRACTIONS.get((figures[1], figures[2]))
