"""A Korean line on its way, and what of it may be Latin letters or digits.

Tesseract's Korean network knows no Latin letter and reads some as digits or syllables, surely;
PP-OCR knows no Hangul and keeps silent at most of it. What counts is what both say of a place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise

from hangul import (
    PLAIN,
    SURE,
    Ink,
    Span,
    certain,
    ink_of,
    is_hangul,
    is_korean,
    is_narrow,
    paired,
    spans,
)
from recogniser import Letter
from run_readings import is_written
from syllables import Syllable
from tesseract import Grey, Symbol

from inference.engine.model import Pixels

ARROW = "->"
"""What one is taken for."""
SPACE = 0.2
"""The narrowest gap between words. This and the lengths below are over the letters' height."""
WIDE = 0.33
"""The widest gap that is none where Tesseract sees none."""
STEM = 0.15
"""How wide the stem of a syllable is at most."""
LEAST_WORD = 0.3
"""What is narrower and unread is no letter."""
NEAR = 0.25
"""How far the places of one letter in two readings may be apart."""
AGREED = 1.0
"""The same of a figure that both read in the line, at the same place among its figures."""
TOUCHING = 0.25
"""How wide the parts are at least into which a stroke is cut."""


@dataclass
class KoreanLine:
    """A line, what Tesseract reads in it, and the runs of Latin letters found so far."""

    pixels: Pixels
    grey: Grey
    symbols: Sequence[Symbol]
    syllables: list[Syllable] = field(default_factory=list)
    """What the network of single syllables reads in it."""
    ink: Ink = field(init=False)
    height: int = field(init=False)
    """Of the letters, in pixels."""
    words: Sequence[Span] = field(init=False)
    whole: Sequence[Letter] = ()
    """Latin letters, figures and marks that PP-OCR reads in the whole line; places are columns."""
    runs: list[tuple[Span, Sequence[Letter]]] = field(default_factory=list)
    doubts: float = 0.0
    """What speaks against these letters, as of a `Spelling`."""
    lost: int = 0
    """How many columns of ink in the runs no letter stands for."""

    def __post_init__(self) -> None:
        self.ink, self.height = ink_of(self.grey)
        self.words = self._with_stems(spans(self.ink, SPACE * self.height))

    def _with_stems(self, words: Sequence[Span]) -> list[Span]:
        """The words, those that are the stem of a syllable joined to it: some stand far from it."""
        found: list[Span] = []
        for word in words:
            is_stem = word.width <= STEM * self.height and any(
                is_hangul(one.text) and one.left - 1 <= word.first and word.end <= one.right + 2
                for one in self.symbols
            )
            if found and is_stem and word.first - found[-1].end < WIDE * self.height:
                found[-1] = Span(found[-1].first, word.end)
            else:
                found.append(word)
        return found

    @property
    def is_plain(self) -> bool:
        """Whether Tesseract has read it all by itself."""
        return bool(self.symbols) and not any(map(self.is_open, self.words))

    def unknown(self) -> list[float]:
        """Where Tesseract has read what is no Korean."""
        brackets = paired(one.text for one in self.symbols)
        return [
            (one.left + one.right) / 2
            for before, one in pairwise([None, *self.symbols])
            if one and is_narrow(one, self.height)
            if not (is_korean(one.text) or one.text in brackets)
            or (before and before.text + one.text == ARROW)
        ]

    def is_open(self, word: Span) -> bool:
        """Whether a word may have letters that Tesseract doesn't know."""
        places = [one.place for one in self.whole if is_written(one.text)] + self.unknown()
        places += [(one.left + one.right) / 2 for one in self.symbols if _is_doubtful(one)]
        if any(word.first <= place <= word.end for place in places) or self.figures(word, ()):
            return True
        read = any(
            is_narrow(one, self.height) and word.first <= (one.left + one.right) / 2 <= word.end
            for one in self.symbols
        )
        return not read and word.width > LEAST_WORD * self.height

    def figures(self, word: Span, heard: Sequence[Letter]) -> list[Letter]:
        """Those of a word that both read in the line, and nobody in the word: `1` by itself."""
        near = NEAR * self.height
        return [
            letter
            for letter in self._agreed_figures()
            if word.first - near <= letter.place <= word.end + near
            and not any(abs(one.place - letter.place) <= near for one in heard)
        ]

    def _agreed_figures(self) -> list[Letter]:
        mine = [one for one in self.whole if one.text.isdecimal()]
        others = [one for one in self.symbols if one.text.isdecimal()]
        texts = [one.text for one in mine], [one.text for one in others]
        blocks = SequenceMatcher(None, *texts, autojunk=False).get_matching_blocks()
        pairs = [(mine[a + at], others[b + at]) for a, b, length in blocks for at in range(length)]
        return [
            one
            for one, other in pairs
            if abs((other.left + other.right) / 2 - one.place) <= AGREED * self.height
        ]

    def inside(self, run: Span) -> list[Symbol]:
        """What Tesseract reads in a run."""
        return [
            one
            for one in self.symbols
            if run.first <= (one.left + one.right) / 2 < run.end and not is_hangul(one.text)
        ]

    def is_joined(self, run: Span, letters: Sequence[Letter], mark: str) -> bool:
        """Whether a run goes on from the mark before it: narrow gaps tell nothing beside a `-`."""
        first = next((one for one in self.symbols if one.left >= run.first - 2), None)
        before = [word.end for word in self.words if word.end <= run.first]
        gap = run.first - max(before, default=-self.height)
        return (
            mark in PLAIN
            and first is not None
            and not first.spaced
            and first.text == letters[0].text
            and gap < WIDE * self.height
        )

    def strokes(self, word: Span) -> list[Span]:
        """Parts of a word with ink, cut where a certain syllable touches its neighbor."""
        sure = certain(self.symbols, self.height)
        edges = sorted(edge for span in sure for edge in (span.first - 1, span.end))
        least = TOUCHING * self.height
        found = []
        for part in spans(self.ink[word.first : word.end]):
            stroke = Span(word.first + part.first, word.first + part.end)
            for edge in edges:
                if stroke.first + least < edge < stroke.end - least:
                    found.append(Span(stroke.first, edge))
                    stroke = Span(edge, stroke.end)
            found.append(stroke)
        return found

    def hangul(self, letters: Sequence[Letter]) -> list[Span]:
        """Where Hangul stands for certain, and none of the letters."""
        return [
            span
            for span in certain(self.symbols, self.height)
            if not any(span.first <= letter.place < span.end for letter in letters)
        ]


def _is_doubtful(symbol: Symbol) -> bool:
    """Whether nothing but Tesseract, itself unsure, says that this is a syllable."""
    return is_hangul(symbol.text) and not symbol.is_confirmed and symbol.confidence < SURE
