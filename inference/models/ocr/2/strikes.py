"""Lines of which a part is struck out, as old prices are: read with the stroke and without it.

The stroke makes other syllables of some; without it a figure may lose its own bar. Where the two
readings have other figures, neither is sure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from readers import Reader, Reading
from tesseract import Grey, grey

from inference.engine.model import Pixels

DARK = 170
"""Grey values below are a stroke's."""
LONG = 2.2
"""How long a stroke is at least. This and the two below are over the letters' height."""
THICK = 0.2
"""How thick it is at most."""
MIDDLE = 0.3, 0.75
"""Between these heights, from above, it lies."""
CROSSED = 0.35
"""So much of its length has ink above it, and below it: else it is a dash or a rule."""
WON = "원"
"""What is written behind a price: its strokes lie where it is struck out."""
_WON = re.compile(r"(?<=,\d{3})[완윈월웬](?![가-힣])")
"""What it is taken for, and nobody writes behind an amount."""
UNSURE = 0.7
"""The confidence of a line whose figures are not sure, at most."""


@dataclass(frozen=True)
class _Strike:
    top: int
    bottom: int
    first: int
    end: int


def read_struck(
    reader: Reader, lines: Sequence[Pixels], readings: Sequence[Reading]
) -> list[Reading]:
    """The readings of lines (H, W, 3), of those that are struck out the better ones."""
    found = list(readings)
    cleaned = {
        at: line for at, one in enumerate(lines) if (line := without_strikes(one)) is not None
    }
    again = reader.read(list(cleaned.values())) if cleaned else []
    for at, other in zip(cleaned, again, strict=True):
        found[at] = _of_both(_with_won(readings[at]), _with_won(other))
    return found


def without_strikes(line: Pixels) -> Pixels | None:
    """An RGB line (H, W, 3) without the strokes that strike out parts of it; None: it has none."""
    values = grey(line)
    strikes = _strikes(values)
    if not strikes:
        return None
    cleaned = line.copy()
    paper = np.median(line[values > DARK], axis=0).astype(np.uint8)
    dark = values < DARK
    for one in strikes:
        columns = slice(one.first, one.end)
        crossed = dark[one.top - 1, columns] | dark[one.bottom, columns]
        part = cleaned[one.top : one.bottom, columns]
        part[:, ~crossed] = paper
    return cleaned


def _strikes(values: Grey) -> list[_Strike]:
    dark = values < DARK
    rows = np.flatnonzero(dark.any(axis=1))
    if not len(rows):
        return []
    height = int(rows[-1] - rows[0] + 1)
    runs = [run for row in rows.tolist() for run in _long_runs(dark[row], row, LONG * height)]
    found: list[_Strike] = []
    for row, first, end in runs:
        last = next(
            (one for one in found if one.bottom == row and first < one.end and one.first < end),
            None,
        )
        if last:
            found[found.index(last)] = _Strike(
                last.top, row + 1, min(first, last.first), max(end, last.end)
            )
        else:
            found.append(_Strike(row, row + 1, first, end))
    return [one for one in found if _is_strike(one, dark, int(rows[0]), height)]


def _long_runs(row: npt.NDArray[np.bool_], at: int, least: float) -> list[tuple[int, int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
    pairs = edges.reshape(-1, 2).tolist()
    return [(at, first, end) for first, end in pairs if end - first >= least]


def _is_strike(one: _Strike, dark: npt.NDArray[np.bool_], top: int, height: int) -> bool:
    middle = ((one.top + one.bottom) / 2 - top) / height
    if not (MIDDLE[0] <= middle <= MIDDLE[1] and one.bottom - one.top <= max(2, THICK * height)):
        return False
    if one.top < 2 or one.bottom + 2 > len(dark):
        return False
    columns = slice(one.first, one.end)
    above, below = dark[: one.top - 1, columns], dark[one.bottom + 1 :, columns]
    return min(float(side.any(axis=0).mean()) for side in (above, below)) >= CROSSED


def _of_both(struck: Reading, cleaned: Reading) -> Reading:
    """One reading of two: the letters of that without the stroke, the figures of that with it."""
    if not cleaned.text or not struck.text:
        return cleaned if cleaned.text else struck
    figures = _figures(struck.text)
    if len(figures) != len(_figures(cleaned.text)):
        return replace(struck, confidence=min(struck.confidence, UNSURE))
    left = iter(figures)
    text = "".join(next(left) if letter.isdecimal() else letter for letter in cleaned.text)
    sure = max(struck.confidence, cleaned.confidence)
    if len(text) == len(struck.text):
        pairs = list(zip(text, struck.text, strict=True))
        text = "".join(WON if WON in pair else pair[0] for pair in pairs)
        is_sure = all(one == other or WON in (one, other) for one, other in pairs)
    else:
        is_sure = False
    is_sure = is_sure and figures == _figures(cleaned.text)
    return replace(cleaned, text=text, confidence=sure if is_sure else min(sure, UNSURE))


def _with_won(reading: Reading) -> Reading:
    return replace(reading, text=_WON.sub(WON, reading.text))


def _figures(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal())
