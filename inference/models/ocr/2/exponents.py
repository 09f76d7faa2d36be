"""Units with an exponent, such as square meters, which Korean writes as one sign.

No reader knows that sign, and of a letter with a small figure beside it the figure is lost: each is
read by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from hangul import DARK, Span, spans
from korean_line import KoreanLine
from recogniser import Letter, Recogniser, Spelling

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


@dataclass(frozen=True)
class _Unit:
    line: KoreanLine
    run: int
    """Its index in the line's runs."""
    span: Span
    is_read: bool
    """Whether its letter was."""
    exponent: tuple[slice, slice] | None
    """Its rows and columns in the line."""


def add_exponents(recogniser: Recogniser, lines: Sequence[KoreanLine]) -> None:
    """Put units and exponents at the ends of runs into these; what can't be read is lost ink."""
    units = [unit for line in lines for unit in _units(line)]
    if not units:
        return
    readings = iter(recogniser.read([one for unit in units for one in _pictures(unit)]))
    for unit in units:
        line = unit.line
        run, letters = line.runs[unit.run]
        exponent = _exponent(next(readings)) if unit.exponent else None
        name = _name(next(readings)) if not unit.is_read else ""
        if exponent and name is not None:
            place = float(unit.span.end)
            added = [Letter(one, SURE, place) for one in name + exponent]
            # A mark behind it is read by Tesseract.
            line.runs[unit.run] = Span(run.first, unit.span.end), [*letters, *added]
        elif not unit.is_read or unit.exponent:
            line.lost += unit.span.width


def _units(line: KoreanLine) -> Iterator[_Unit]:
    for at, (run, letters) in enumerate(line.runs):
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
        is_read = last.text == LAST
        if not is_read and not last.text.isdecimal():
            continue
        first = parts[nearest].first if is_read else parts[min(nearest + 1, len(parts) - 1)].first
        unit = Span(first, parts[-1].end)
        if is_read or (nearest + 1 < len(parts) and unit.width >= LEAST * line.height):
            exponent = _raised(line, unit)
            if exponent or not is_read:
                yield _Unit(line, at, unit, is_read, exponent)


def _raised(line: KoreanLine, unit: Span) -> tuple[slice, slice] | None:
    """The small mark at the right of a unit that does not reach the baseline."""
    dark = np.asarray(line.grey < DARK, np.uint8)
    top = int(np.flatnonzero(dark.any(axis=1))[0])
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark[:, unit.first : unit.end])
    height = line.height
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


def _pictures(unit: _Unit) -> Iterator[Pixels]:
    grey = unit.line.grey
    if unit.exponent:
        part = grey[unit.exponent]
        width = max(1, round(part.shape[1] * SIDE / part.shape[0]))
        yield _framed(cv2.resize(part, (width, SIDE), interpolation=cv2.INTER_CUBIC))
    if not unit.is_read:
        part = grey.copy()
        if unit.exponent:
            part[unit.exponent] = 255
        yield _framed(part[:, unit.span.first : unit.span.end])


def _framed(part: npt.NDArray[np.uint8]) -> Pixels:
    framed = cv2.copyMakeBorder(part, *(MARGIN,) * 4, cv2.BORDER_CONSTANT, value=(255,))
    return np.stack([framed] * 3, axis=-1)


def _exponent(reading: Spelling) -> str | None:
    return EXPONENTS.get(reading.text) if reading.confidence >= SURE else None


def _name(reading: Spelling) -> str | None:
    """The unit's letters; None: it is no unit."""
    text = reading.text
    is_unit = text.isascii() and text.isalpha() and text.endswith(LAST)
    return text if is_unit and reading.confidence >= SURE else None
