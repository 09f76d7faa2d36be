"""Which of several readings of a run of Latin letters and figures is taken.

PP-OCR reads a run three times: in its line, in its word and by itself; Tesseract reads its figures
too. Each may lose a narrow one or take a part of a neighbor for one, but seldom two of them alike.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from hangul import Span
from latin_runs import is_latin
from recogniser import Letter
from signs import SIGNS
from tesseract import Symbol

WORSE = 0.02
"""By so much less chance on average a run by itself may be read."""
LEAST_LEFT = 0.6
"""It has so many of the letters at least that are read in its word."""
BESIDE, MARK_BESIDE = 0.25, 0.05
"""How far beside a run its letters may be told, and marks, over the height of the letters."""
CIRCLED: Final = {"R": "\N{REGISTERED SIGN}", "C": "\N{COPYRIGHT SIGN}"}
"""What is in the circle that Tesseract takes for an at sign."""
_OTHERS = re.compile(r"[^0-9.,]")
_FIGURES = re.compile(r"[0-9.,:/%~+\-() ]*[0-9][0-9.,:/%~+\-() ]*")


def chosen(
    alone: Sequence[Letter],
    before: Sequence[Letter],
    whole: Sequence[Letter],
    symbols: Sequence[Symbol],
) -> Sequence[Letter]:
    """The best reading of a run.

    Args:
        alone: its letters as they are read by itself.
        before: the same in its word.
        whole: the same in its line.
        symbols: what Tesseract reads there.
    """
    kept = _without_edges(alone, before)
    if all(_FIGURES.fullmatch(_text(letters)) for letters in (kept, before)):
        witnesses = [_key(_text(whole)), _key("".join(one.text for one in symbols))]
        for letters in (kept, before):
            if _key(_text(letters)) in witnesses:
                return letters
        if witnesses[0] and witnesses[0] == witnesses[1]:
            return whole
    if len(kept) < LEAST_LEFT * len(before) or mean_chance(kept) < mean_chance(before) - WORSE:
        kept = list(before)
    if len(kept) == 1 and [one.text for one in symbols] == ["@"]:
        return [replace(one, text=CIRCLED.get(one.text, one.text)) for one in kept]
    return kept


def within(letters: Sequence[Letter], run: Span, height: int) -> list[Letter]:
    """The letters that are told in a run, or as near as the reader is exact."""
    slacks = [height * (BESIDE if is_written(one.text) else MARK_BESIDE) for one in letters]
    return [
        one
        for one, slack in zip(letters, slacks, strict=True)
        if run.first - slack <= one.place <= run.end + slack
    ]


def mean_chance(letters: Sequence[Letter]) -> float:
    """On average over the letters; 0 where there are none."""
    chances = [letter.confidence for letter in letters if is_latin(letter.text)]
    return float(np.mean(chances)) if chances else 0.0


def _without_edges(alone: Sequence[Letter], before: Sequence[Letter]) -> Sequence[Letter]:
    """Without marks at the end that it has by itself only: edges of its neighbors."""
    seen = {letter.text for letter in before}
    kept = list(alone)
    while kept and not is_written(kept[-1].text) and kept[-1].text not in seen:
        kept.pop()
    return kept


def is_written(text: str) -> bool:
    """Whether it is a letter, a figure or a sign such as that of a currency, and no mark."""
    return text.isalnum() or text in SIGNS


def _text(letters: Sequence[Letter]) -> str:
    return "".join(letter.text for letter in letters)


def _key(text: str) -> str:
    """The figures of a text with the points between them, whichever they are."""
    return _OTHERS.sub("", text).replace(",", ".").strip(".")
