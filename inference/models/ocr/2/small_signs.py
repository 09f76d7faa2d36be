"""Signs made of small letters that the recogniser takes for large ones: fractions, the numero sign,
and the ring before the C of degrees.

It reads ¼ as 14 and № as N, and is sure. The small parts stand above the baseline or below the
letters' top, which no letter beside them does: where they are, each is read by itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from exponents import picture
from hangul import DARK, ink_of
from recogniser import Letter, Recogniser
from tesseract import Grey, grey

from inference.engine.model import Pixels

SPECK = 3
"""What is lower, in pixels, is no letter."""
RAISED, LOWERED = 0.68, 0.3
"""A small part ends so far below the letters' top at most, or begins so far below it at least. This
and what follows is over the letters' height."""
ABOVE = 0.85
"""The letter of a numero sign ends so far below it at most: others stand on the baseline."""
LEAST, MOST = 0.25, 0.64
"""How high a small figure is."""
RING = 0.18, 0.5
"""How high and wide the ring of degrees is, and the letter of a numero sign."""
WIDEST = 1.5
"""A fraction at most."""
LATE = 0.1
"""How far to the right of its middle a letter is told."""
BESIDE = 0.3
"""How far beside a letter's place its own parts may lie."""
SURE = 0.8
"""The chance of each small figure."""
FRACTIONS: Final = {
    ("1", "2"): "\N{VULGAR FRACTION ONE HALF}",
    ("1", "3"): "\N{VULGAR FRACTION ONE THIRD}",
    ("2", "3"): "\N{VULGAR FRACTION TWO THIRDS}",
    ("1", "4"): "\N{VULGAR FRACTION ONE QUARTER}",
    ("3", "4"): "\N{VULGAR FRACTION THREE QUARTERS}",
    ("1", "5"): "\N{VULGAR FRACTION ONE FIFTH}",
    ("1", "8"): "\N{VULGAR FRACTION ONE EIGHTH}",
    ("3", "8"): "\N{VULGAR FRACTION THREE EIGHTHS}",
    ("5", "8"): "\N{VULGAR FRACTION FIVE EIGHTHS}",
    ("7", "8"): "\N{VULGAR FRACTION SEVEN EIGHTHS}",
}
CELSIUS_AND_FAHRENHEIT: Final = ("\N{DEGREE CELSIUS}", "\N{DEGREE FAHRENHEIT}")
NUMERO, DEGREE = "\N{NUMERO SIGN}", "\N{DEGREE SIGN}"
_NUMBER = re.compile(r"(?<![A-Za-z\u00b0\u00ba])N[eo\u00ba\u00b0.]?(?= ?\d)")
_DEGREES = re.compile(r"(?<=\d) ?(?=[CF](?![A-Za-z\d]))")
_MAYBE = re.compile("[\\d/%\u00bc-\u00be\u00b3\u221b]|  ")


@dataclass(frozen=True)
class _Part:
    """A connected piece of ink: columns and rows of the line."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class _Line:
    values: Grey
    height: int
    """Of the letters, in pixels."""
    top: int
    """The row where the highest letter begins."""
    parts: Sequence[_Part]


def with_small_signs(
    recogniser: Recogniser, line: Pixels, letters: Sequence[Letter]
) -> Sequence[Letter]:
    """The letters of an RGB line (H, W, 3), each a text of one, with the signs put in."""
    text = "".join(letter.text for letter in letters)
    if len(text) != len(letters) or not (_MAYBE.search(text) or _NUMBER.search(text)):
        return letters
    seen = _looked_at(line)
    if not seen.parts:
        return letters
    found = _with_fractions(recogniser, seen, _without_second_ring(letters))
    return _with_raised(seen, found)


def _without_second_ring(letters: Sequence[Letter]) -> Sequence[Letter]:
    """Of the sign of degrees Celsius the ring is read twice at times."""
    kept = list(letters[:1])
    for before, letter in pairwise(letters):
        if before.text == DEGREE and letter.text in CELSIUS_AND_FAHRENHEIT:
            kept.pop()
        kept.append(letter)
    return kept


def _with_fractions(
    recogniser: Recogniser, seen: _Line, letters: Sequence[Letter]
) -> Sequence[Letter]:
    """With the fractions whose figures stand aslant above and below."""
    parts, top, height, width = seen.parts, seen.top, seen.height, seen.values.shape[1]
    uppers = [one for one in parts if _is_small(one, height) and _is_raised(one, top, height)]
    lowers = [
        one
        for one in parts
        if _is_small(one, height)
        and one.top >= top + LOWERED * height
        and one.bottom > top + RAISED * height
    ]
    for upper in uppers:
        near = [
            one
            for one in lowers
            if upper.right - 0.2 * height <= one.left <= upper.right + 0.6 * height
            and one.right - upper.left <= WIDEST * height
            and one.bottom >= upper.bottom + 0.25 * height
        ]
        if not near:
            continue
        lower = min(near, key=lambda one: one.left)
        pair = recogniser.read([_of(seen.values, upper), _of(seen.values, lower)])
        sign = FRACTIONS.get((pair[0].text, pair[1].text))
        if sign is None or min(one.confidence for one in pair) < SURE:
            continue
        slack = 0.15 * height
        first, end = upper.left - slack + LATE * height, lower.right + slack + LATE * height
        place = (upper.left + lower.right) / 2 / width
        inside = [at for at, one in enumerate(letters) if first <= one.place * width <= end]
        # A blank at its edge is none of its own.
        inside = [at for at in inside if letters[at].text != " " or inside[0] < at < inside[-1]]
        if _is_in_number(letters, inside):
            continue
        kept = [one for at, one in enumerate(letters) if at not in inside]
        kept.append(Letter(sign, SURE, place))
        letters = sorted(kept, key=lambda one: one.place)
    return letters


def _is_in_number(letters: Sequence[Letter], inside: Sequence[int]) -> bool:
    """Whether these are a part of a number: no fraction follows a comma or goes before a figure."""
    if not inside:
        return False
    before, after = letters[: inside[0]][-1:], letters[inside[-1] + 1 :][:1]
    return any(one.text in {".", ","} for one in before) or any(
        one.text.isdecimal() for one in after
    )


def _with_raised(seen: _Line, letters: Sequence[Letter]) -> Sequence[Letter]:
    """With the numero sign and the ring of degrees, where a small round part is raised."""
    parts, top, height, width = seen.parts, seen.top, seen.height, seen.values.shape[1]
    rings = [
        one
        for one in parts
        if RING[0] * height <= one.bottom - one.top <= RING[1] * height
        and RING[0] * height <= one.right - one.left <= RING[1] * height
        and one.bottom <= top + ABOVE * height
    ]
    text = "".join(letter.text for letter in letters)
    if len(text) != len(letters):
        return letters
    found = list(letters)
    for match in reversed(list(_NUMBER.finditer(text))):
        begin, end = letters[match.start()].place * width, letters[match.end()].place * width
        if text[match.end()] == " " and match.end() + 1 < len(letters):
            end = letters[match.end() + 1].place * width
        begin, end = begin - BESIDE * height, end - BESIDE * height
        if any(begin < (one.left + one.right) / 2 < end for one in rings):
            sign = replace(letters[match.start()], text=NUMERO, confidence=SURE)
            found[match.start() : match.end()] = [sign]
    for match in reversed(list(_DEGREES.finditer(text))):
        begin, end = letters[match.start() - 1].place * width, letters[match.end()].place * width
        end -= LATE * height
        ring = [
            one
            for one in rings
            if begin < (one.left + one.right) / 2 < end and _is_raised(one, top, height)
        ]
        if ring:
            place = (ring[0].left + ring[0].right) / 2 / width
            found.insert(match.end(), Letter(DEGREE, SURE, place))
    return found


def _looked_at(line: Pixels) -> _Line:
    values = grey(line)
    _, height = ink_of(values)
    dark = np.asarray(values < DARK, np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    parts = [
        _Part(left, above, left + across, above + down)
        for left, above, across, down, _ in stats[1:count].tolist()
        if down >= SPECK
    ]
    return _Line(values, height, min((one.top for one in parts), default=0), parts)


def _is_small(one: _Part, height: int) -> bool:
    high = one.bottom - one.top
    return LEAST * height <= high <= MOST * height and one.right - one.left <= high


def _is_raised(one: _Part, top: int, height: int) -> bool:
    return one.top <= top + LOWERED * height and one.bottom <= top + RAISED * height


def _of(values: Grey, one: _Part) -> Pixels:
    return picture(
        values[max(0, one.top - 1) : one.bottom + 1, max(0, one.left - 1) : one.right + 1]
    )
