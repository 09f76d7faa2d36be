"""What in a Korean line that was read speaks for signs that neither network knows.

Tesseract and PP-OCR take ¾ for a sign of percent, or leave it out as they do ™, and are sure.
"""

import re
from collections.abc import Sequence
from typing import Final

from hangul import is_narrow
from korean_line import KoreanLine
from tesseract import Symbol

LOST: Final = 0.35
"""So wide is a stroke that no symbol stands for, over the letters' height: a mark is narrower."""
SURE: Final = 0.9
"""The confidence of a single syllable that is one, wherever Tesseract has it."""
_ODD: Final = re.compile(r"(?<!\d)(?<!\d )%|(?<![A-Za-z\d])N[a.]? ?(?=\d)|\d['\")/](?=[가-힣])")
"""Percent of nothing, the numero sign as it is misread, a mark between a figure and its unit."""


def is_doubtful(line: KoreanLine, symbols: Sequence[Symbol], text: str) -> bool:
    """Whether a sign may have been misread or left out.

    Args:
        line: with its runs of Latin letters.
        symbols: those that stand beside the runs.
        text: what both say.
    """
    return bool(_ODD.search(text)) or _has_lost(line, symbols)


def _has_lost(line: KoreanLine, symbols: Sequence[Symbol]) -> bool:
    if not all(is_narrow(one, line.height) for one in symbols):
        return False
    places = [(round(one.left), round(one.right) + 1) for one in symbols]
    places += [(run.first, run.end) for run, _ in line.runs]
    places += [
        (one.first, one.end) for one in line.syllables if one.text and one.confidence >= SURE
    ]
    return any(
        stroke.width >= LOST * line.height
        and not any(first < stroke.end and stroke.first < end for first, end in places)
        for word in line.words
        for stroke in line.strokes(word)
    )
