"""What a Korean line says in the end, of Tesseract's symbols and PP-OCR's runs, and how surely."""

import re
from collections.abc import Sequence

import numpy as np
from hangul import QUOTES, Span, is_hangul, is_korean, paired
from ink import unread
from korean_doubts import is_doubtful
from korean_line import KoreanLine
from latin_runs import is_latin
from readers import Reading
from recogniser import Letter
from tesseract import Symbol
from won import amount

WIDE_SPACE = 0.33
"""A gap behind a run that is wider, over the letters' height, is a space; where it is narrower,
Tesseract tells."""
DOUBTFUL = 0.85
"""The confidence of a syllable that tells nothing."""
SURE = 0.95
"""The confidence of one that tells that the line is Korean."""
UNCONFIRMED = 0.8
"""What a syllable counts that Tesseract alone reads there."""
OTHER = 0.2
"""What a digit or mark counts that PP-OCR doesn't read."""
FOREIGN = 0.06
"""Doubt of a line with letters of other scripts. With less, ink that no symbol accounts for tells
that Tesseract's places are wrong."""
CLOSING = frozenset(".,!?)%")
"""Marks before which there is no space."""
_CURRENCY = re.compile(r"(?<=[$\N{EURO SIGN}\N{POUND SIGN}\N{YEN SIGN}]) (?=\d)")
"""No space follows the sign of a currency."""
EDGE = 0.15
"""What is nearer to the edge of a word, over the letters' height, is at it."""


def reading_of(line: KoreanLine, slots: Sequence[Sequence[Symbol]]) -> Reading:
    """What a line says whose runs are found.

    Args:
        line: with its runs.
        slots: Tesseract's symbols before, between and after them.
    """
    figures = "".join(letter.text for letter in line.whole).strip()
    if won := amount(figures, line.symbols):
        return Reading(won, min(symbol.confidence for symbol in line.symbols))
    last = line.syllables[-1] if line.syllables else None
    if last and (won := amount(figures, line.symbols, last.text)):
        return Reading(won, last.confidence, is_unsure=True)
    edge = EDGE * line.height
    text = _text(slots[0])
    for (run, letters), symbols in zip(line.runs, slots[1:], strict=True):
        begins = any(word.first <= run.first < word.first + edge for word in line.words)
        begins = begins and not line.is_joined(run, letters, text[-1:])
        latin = _CURRENCY.sub("", "".join(letter.text for letter in letters).strip())
        text += " " * (begins and bool(text)) + latin
        if symbols:
            text += " " * _is_spaced(line, run, symbols[0]) + _text(symbols)
    symbols = [symbol for slot in slots for symbol in slot]
    letters = [letter for _, letters in line.runs for letter in letters]
    places = [(one.text, (one.left + one.right) / 2) for one in symbols]
    places += [(letter.text, letter.place) for letter in letters]
    width = line.pixels.shape[1]
    doubt = line.doubts / max(1, len(places))
    missing = line.lost / max(1, int(line.ink.sum()))
    if doubt >= FOREIGN:
        read = [(letter, place / width) for letter, place in places]
        missing = max(missing, unread(line.pixels, read))
    sure = confidence(symbols, [letter for letter in letters if is_latin(letter.text)])
    hangul = [one.is_confirmed for one in symbols if is_hangul(one.text)]
    is_unsure = is_doubtful(line, symbols, text)
    return Reading(text, sure * (1 - missing), missing, doubt, is_unsure, len(hangul), sum(hangul))


def confidence(symbols: Sequence[Symbol], letters: Sequence[Letter]) -> float:
    """How likely a line is Korean and read right.

    Of other scripts Tesseract makes digits, marks, and syllables of which it is nearly sure.
    """
    syllables = [symbol for symbol in symbols if is_hangul(symbol.text)]
    plain = QUOTES | paired(one.text for one in symbols)
    others = [one for one in symbols if not is_korean(one.text) and one.text not in plain]
    if not syllables:
        return 0.0
    chances = [_chance(symbol) for symbol in syllables]
    chances += [letter.confidence for letter in letters] + [OTHER] * len(others)
    return float(np.mean(chances))


def _chance(syllable: Symbol) -> float:
    likely = min(1.0, max(0.0, (syllable.confidence - DOUBTFUL) / (SURE - DOUBTFUL)))
    return syllable.confidence * likely * (1 if syllable.is_confirmed else UNCONFIRMED)


def _is_spaced(line: KoreanLine, run: Span, symbol: Symbol) -> bool:
    """Whether there is a space between a run and the symbol behind it."""
    if symbol.text in CLOSING:
        return False
    if not any(word.end - EDGE * line.height < run.end <= word.end for word in line.words):
        return False
    following = [word.first - run.end for word in line.words if word.first >= run.end]
    return symbol.spaced or min(following, default=0) >= WIDE_SPACE * line.height


def _text(symbols: Sequence[Symbol]) -> str:
    return "".join(" " * symbol.spaced + symbol.text for symbol in symbols).strip()
