"""Where Latin letters and digits stand in a word of a Korean line."""

from collections.abc import Sequence

import numpy as np
from hangul import Ink, Span, spans
from signs import SIGNS

POINT = 0.2
"""The widest mark that joins two runs into one, such as the point in 1.5."""
HOLE = 0.5
"""The widest part without a letter that is still a run's, over the height of the letters."""
JOINED = 0.5
"""The widest white gap in a run: PP-OCR tells whether it is a space. Over the same."""


def runs_of(
    strokes: Sequence[Span], places: Sequence[float], syllables: Sequence[Span], height: int
) -> list[Span]:
    """Runs of a word's strokes that hold Latin letters or digits.

    Args:
        strokes: parts with ink between which a column is white.
        places: columns where such letters are.
        syllables: where Hangul stands for certain.
        height: of the letters, in pixels.
    """
    marked = {min(range(len(strokes)), key=lambda at: _apart(strokes[at], x)) for x in places}
    free = [not _is_covered(stroke, syllables) for stroke in strokes]
    narrow = HOLE * height
    runs: list[Span] = []
    last = 0
    for at in sorted(marked):
        stroke = strokes[at]
        hole = all(free[last + 1 : at]) and _extent(strokes[last + 1 : at]) <= narrow
        if runs and hole:
            runs[-1] = Span(runs[-1].first, stroke.end)
        else:
            runs.append(stroke)
        last = at
    if not runs:
        return []
    # What is left at an end of the word and narrower than any syllable is the run's too.
    first, end = min(marked), max(marked) + 1
    if all(free[:first]) and _extent(strokes[:first]) <= narrow:
        runs[0] = Span(strokes[0].first, runs[0].end)
    if all(free[end:]) and _extent(strokes[end:]) <= narrow:
        runs[-1] = Span(runs[-1].first, strokes[-1].end)
    return runs


def joined(runs: Sequence[Span], ink: Ink, height: int) -> list[Span]:
    """The runs of a line, those as one between which there is a narrow white gap alone."""
    found: list[Span] = []
    for run in runs:
        if found and _is_gap(ink[found[-1].end : run.first], height):
            found[-1] = Span(found[-1].first, run.end)
        else:
            found.append(run)
    return found


def _is_gap(between: Ink, height: int) -> bool:
    """Whether a point at most stands between two runs, and white enough for a space at most."""
    marks = spans(between)
    white = np.diff([0, *(edge for mark in marks for edge in (mark.first, mark.end)), len(between)])
    wide = max(white[::2], default=0)
    return wide < JOINED * height and sum(mark.width for mark in marks) < POINT * height


def is_latin(text: str) -> bool:
    """Whether it is a letter, digit or mark of ASCII, or a sign that is read like them."""
    return text in SIGNS or (text.isascii() and text.isprintable() and not text.isspace())


def _apart(stroke: Span, place: float) -> float:
    return max(stroke.first - place, place - stroke.end, 0.0)


def _extent(strokes: Sequence[Span]) -> int:
    return strokes[-1].end - strokes[0].first if strokes else 0


def _is_covered(stroke: Span, syllables: Sequence[Span]) -> bool:
    """Whether most of a stroke lies in a syllable."""
    return any(
        min(stroke.end, one.end) - max(stroke.first, one.first) >= 0.6 * stroke.width
        for one in syllables
    )
