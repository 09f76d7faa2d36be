"""Columns of a Korean line: ink, words, and where a syllable stands for certain."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tesseract import Grey, Symbol

Ink = npt.NDArray[np.bool_]
DARK = 150
"""Grey values below are ink."""
SURE = 0.9
"""The confidence with which a syllable is certain."""
WIDEST = 1.08
"""The width of a syllable at most, over the height of the line's letters."""
PLAIN = frozenset(".,!?\"'()%-~:·…\N{BULLET}\N{MULTIPLICATION SIGN}/\N{REFERENCE MARK}")
"""Marks that Tesseract reads as well as Hangul."""
QUOTES = frozenset("\u201c\u201d\u2018\u2019\N{EM DASH}")
"""Others that stand in Korean lines, and that signs it doesn't know are taken for at times."""
BRACKETS = ("<>", "\u3008\u3009", "\u300a\u300b", "\u300c\u300d", "\u300e\u300f")
"""What Latin letters are taken for too, but never for both of a pair."""
SOUNDS = frozenset("ㅋㅎㅠㅜ")
"""Letters that are written by themselves, for laughter and tears."""


@dataclass(frozen=True)
class Span:
    """Columns of a line: first, and last + 1."""

    first: int
    end: int

    @property
    def width(self) -> int:
        """In pixels."""
        return self.end - self.first


def is_hangul(text: str) -> bool:
    """Whether it is one syllable."""
    return len(text) == 1 and "가" <= text <= "힣"


def is_korean(text: str) -> bool:
    """Whether it is a syllable, or a letter or mark that Tesseract reads as well."""
    return is_hangul(text) or text in PLAIN or text in SOUNDS


def paired(texts: Iterable[str]) -> frozenset[str]:
    """The brackets of which both stand in a line."""
    found = frozenset(texts)
    return frozenset().union(*(pair for pair in BRACKETS if found.issuperset(pair)))


def ink_of(line: Grey) -> tuple[Ink, int]:
    """Which columns of a grey line have ink, and how high its letters are in pixels."""
    dark = line < DARK
    rows = np.flatnonzero(dark.any(axis=1))
    height = int(rows[-1] - rows[0] + 1) if len(rows) else 1
    return np.asarray(dark.any(axis=0)), height


def spans(ink: Ink, gap: float = 1) -> list[Span]:
    """Parts with ink between which at least so many columns are white."""
    columns = np.flatnonzero(ink)
    if not len(columns):
        return []
    breaks = np.flatnonzero(np.diff(columns) > gap)
    firsts = [columns[0], *columns[breaks + 1]]
    ends = [*columns[breaks], columns[-1]]
    return [Span(int(first), int(end) + 1) for first, end in zip(firsts, ends, strict=True)]


def is_narrow(symbol: Symbol, height: int) -> bool:
    """Whether Tesseract gives a symbol no more columns than a syllable can have.

    Where it has left something out, the columns of that are the next symbol's.
    """
    return symbol.right - symbol.left <= WIDEST * height


def certain(symbols: Sequence[Symbol], height: int) -> list[Span]:
    """The columns of the syllables that are surely right."""
    return [
        Span(round(symbol.left), round(symbol.right) + 1)
        for symbol in symbols
        if is_hangul(symbol.text) and symbol.confidence >= SURE and is_narrow(symbol, height)
    ]
