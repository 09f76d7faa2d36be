"""Units with an exponent, such as square meters, which Korean writes as one sign.

No reader knows that sign, and of a letter with a small figure beside it the figure is lost: each is
read by itself.
"""

import re
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from hangul import DARK, Ink, Span, ink_of, spans
from korean_line import KoreanLine
from recogniser import Letter, Recogniser, Spelling
from tesseract import Grey, grey

from inference.engine.model import Pixels

LEAST = 0.45
"""So wide is a sign that was not read at least. This and the four below are over the
letters' height."""
HIGHEST, LOWEST = 0.7, 0.18
"""How high an exponent is at most, and at least."""
BOTTOM = 0.65
"""It ends so far below the letters' top at most."""
MARK = 0.2
"""What is narrower at the end is a mark."""
RIGHT = 0.55
"""Its middle is so far to the right in its unit at least, over that one's width."""
SIDE, MARGIN = 36, 8
"""The height in which an exponent is read, in pixels, and the white around it."""
SURE = 0.9
EXPONENTS = {"2": "\N{SUPERSCRIPT TWO}", "3": "\N{SUPERSCRIPT THREE}"}
LAST = "m"
"""The last letter of every unit that has one."""


_ALONE = re.compile(r"(?<=\d)(m(?![A-Za-z0-9/\u00b2\u00b3])|[\u00b2\u00b3])")
"""A unit without its exponent, or the reverse."""
LATE, NEXT = 0.1, 0.4
"""How far to the right of its middle a letter is told, and how far to the left it may begin, over
the letters' height."""


def add_exponents(recogniser: Recogniser, lines: Sequence[KoreanLine]) -> None:
    """Put units and exponents at the ends of runs into these; what can't be read is lost ink."""
    for line in lines:
        for at, (run, letters) in enumerate(line.runs):
            for unit, is_read in _units(line, run, letters):
                added = _read(recogniser, line.grey, line.height, unit, is_read=is_read)
                if added:
                    more = [Letter(one, SURE, float(unit.end)) for one in added]
                    # A mark behind it is read by Tesseract.
                    line.runs[at] = Span(run.first, unit.end), [*letters, *more]
                elif added is None:
                    line.lost += unit.width


def with_exponents(
    recogniser: Recogniser, line: Pixels, letters: Sequence[Letter]
) -> Sequence[Letter]:
    """The letters of an RGB line (H, W, 3), each a text of one, with those that units lack."""
    text = "".join(letter.text for letter in letters)
    found = _ALONE.search(text) if len(text) == len(letters) else None
    if not found:
        return letters
    values = grey(line)
    ink, height = ink_of(values)
    places = [letter.place * line.shape[1] for letter in letters]
    at, end = found.start(), found.end()
    first = _part_at(ink, places[at - 1] - LATE * height).end
    last = places[end] - NEXT * height if end < len(places) else line.shape[1]
    parts = [part for part in spans(ink) if first <= part.first and part.end <= last]
    if not parts:
        return letters
    unit = Span(parts[0].first, parts[-1].end)
    added = _read(recogniser, values, height, unit, is_read=False)
    if not added:
        return letters
    more = [Letter(one, SURE, letters[at].place) for one in added]
    return [*letters[:at], *more, *with_exponents(recogniser, line, letters[end:])]


def _units(line: KoreanLine, run: Span, letters: Sequence[Letter]) -> Iterator[tuple[Span, bool]]:
    """What may be a unit at the end of a run, and whether its letter was read."""
    parts = [
        Span(run.first + part.first, run.first + part.end)
        for part in spans(line.ink[run.first : run.end])
    ]
    while len(parts) > 1 and parts[-1].width < MARK * line.height:
        parts.pop()
    last = letters[-1]
    nearest = min(
        range(len(parts)),
        key=lambda index: max(parts[index].first - last.place, last.place - parts[index].end),
    )
    if last.text == LAST:
        yield Span(parts[nearest].first, parts[-1].end), True
    elif last.text.isdecimal() and nearest + 1 < len(parts):
        unit = Span(parts[nearest + 1].first, parts[-1].end)
        if unit.width >= LEAST * line.height:
            yield unit, False


def _read(
    recogniser: Recogniser, grey: Grey, height: int, unit: Span, *, is_read: bool
) -> str | None:
    """A unit's exponent, with its letters where these are not read; empty: it has none, and there
    is nothing else to be read; None: there is, and it can't be."""
    exponent = _raised(grey, height, unit)
    if not exponent:
        return "" if is_read else None
    name, figure = recogniser.read([_name_picture(grey, unit, exponent), picture(grey[exponent])])
    power = EXPONENTS.get(figure.text) if figure.confidence >= SURE else None
    letters = "" if is_read else _name(name)
    return None if power is None or letters is None else letters + power


def _part_at(ink: Ink, place: float) -> Span:
    return min(spans(ink), key=lambda part: max(part.first - place, place - part.end))


def _raised(grey: Grey, height: int, unit: Span) -> tuple[slice, slice] | None:
    """The small mark at the right of a unit that does not reach the baseline."""
    dark = np.asarray(grey < DARK, np.uint8)
    top = int(np.flatnonzero(dark.any(axis=1))[0])
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark[:, unit.first : unit.end])
    for left, above, across, down, _ in sorted(stats[1:].tolist(), reverse=True):
        if (
            LOWEST * height <= down <= HIGHEST * height
            and above + down <= top + BOTTOM * height
            and left + across / 2 >= RIGHT * unit.width
        ):
            first = unit.first + left
            rows = slice(max(0, above - 1), above + down + 1)
            return rows, slice(first - 1, first + across + 1)
    return None


def picture(part: Grey) -> Pixels:
    width = max(1, round(part.shape[1] * SIDE / part.shape[0]))
    enlarged = cv2.resize(part, (width, SIDE), interpolation=cv2.INTER_CUBIC)
    return framed(np.asarray(enlarged, np.uint8))


def _name_picture(grey: Grey, unit: Span, exponent: tuple[slice, slice]) -> Pixels:
    part = grey.copy()
    part[exponent] = 255
    return framed(part[:, unit.first : unit.end])


def framed(part: Grey) -> Pixels:
    framed = cv2.copyMakeBorder(part, *(MARGIN,) * 4, cv2.BORDER_CONSTANT, value=(255,))
    return np.stack([framed] * 3, axis=-1)


def _name(reading: Spelling) -> str | None:
    """The unit's letters; None: it is no unit."""
    text = reading.text
    is_unit = text.isascii() and text.isalpha() and text.endswith(LAST)
    return text if is_unit and reading.confidence >= SURE else None
