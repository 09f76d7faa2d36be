"""A Korean line on its way, and what of it may be Latin letters or digits.

Tesseract's Korean network knows no Latin letter and reads some as digits or syllables, surely;
PP-OCR knows no Hangul and keeps silent at most of it. What counts is what both say of a place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hangul import (
    SURE,
    WIDEST,
    Ink,
    Span,
    certain,
    ink_of,
    is_hangul,
    is_korean,
    is_narrow,
    spans,
)
from latin_runs import is_latin
from recogniser import Letter
from syllables import Syllable
from tesseract import Grey, Symbol

from inference.engine.model import Pixels

SPACE = 0.2
"""The narrowest gap between words. This and the lengths below are over the letters' height."""
LEAST_WORD = 0.3
"""What is narrower and unread is no letter."""
NEAR = 0.25
"""How far the places of one letter in two readings may be apart."""
SLACK = 0.05
"""How much of a syllable may stand beside the columns that Tesseract gives it."""
TOUCHING = 0.25
"""How wide the parts are at least into which a stroke is cut."""
ALIKE = frozenset("0Oo1lI|7[](){}LTEHFC^")
"""Letters that look like parts of syllables."""
STRONG = 0.95
"""The chance of a letter that is none of these and surely there."""
CONFIRMED = 0.8
"""The chance of a letter in the whole line that confirms one in a part of it."""


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
    """Latin letters and digits that PP-OCR reads in the whole line; places are columns."""
    runs: list[tuple[Span, Sequence[Letter]]] = field(default_factory=list)
    doubts: float = 0.0
    """What speaks against these letters, as of a `Spelling`."""

    def __post_init__(self) -> None:
        self.ink, self.height = ink_of(self.grey)
        self.words = spans(self.ink, SPACE * self.height)

    @property
    def is_plain(self) -> bool:
        """Whether Tesseract has read it all by itself."""
        return bool(self.symbols) and not any(map(self.is_open, self.words))

    def unknown(self) -> list[float]:
        """Where Tesseract has read what is no Korean."""
        return [
            (one.left + one.right) / 2
            for one in self.symbols
            if not is_korean(one.text) and is_narrow(one, self.height)
        ]

    def is_open(self, word: Span) -> bool:
        """Whether a word may have letters that Tesseract doesn't know."""
        places = [*(letter.place for letter in self.whole), *self.unknown()]
        places += [(one.left + one.right) / 2 for one in self.symbols if _is_doubtful(one)]
        if any(word.first <= place <= word.end for place in places):
            return True
        read = any(
            is_narrow(one, self.height) and word.first <= (one.left + one.right) / 2 <= word.end
            for one in self.symbols
        )
        return not read and word.width > LEAST_WORD * self.height

    def latin(self, letters: Sequence[Letter]) -> list[Letter]:
        """Those letters of a word that aren't parts of syllables."""
        return [
            letter
            for letter in letters
            if is_latin(letter.text)
            and letter.confidence >= self._least_chance(letter)
            and not self._is_part(letter, letters)
        ]

    def _is_part(self, letter: Letter, letters: Sequence[Letter]) -> bool:
        """Whether it is a stroke of a sure syllable that has others, which are no letters."""
        if letter.text not in ALIKE:
            return False
        near = SLACK * self.height
        places = [one.place for one in (*letters, *self.whole) if one.text.isalnum()]
        for span in certain(self.symbols, self.height):
            strokes = [
                Span(span.first + part.first, span.first + part.end)
                for part in spans(self.ink[span.first : span.end])
            ]
            if span.first <= letter.place < span.end and not all(
                any(one.first - near <= place <= one.end + near for place in places)
                for one in strokes
            ):
                return True
        return False

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

    def is_likely(self, run: Span, letters: Sequence[Letter]) -> bool:
        """Whether a run isn't a part of a syllable: two letters may look like one."""
        if not any(letter.text.isalnum() for letter in letters):
            return False
        strong = [one for one in letters if one.text not in ALIKE and one.confidence >= STRONG]
        if len(letters) > 2 or strong:
            return True
        near = NEAR * self.height
        return any(
            one.confidence >= CONFIRMED and run.first - near <= one.place <= run.end + near
            for one in self.whole
        ) or any(
            not is_korean(one.text) and one.left < run.end and run.first < one.right
            for one in self.symbols
        )

    def _least_chance(self, letter: Letter) -> float:
        """How sure a letter must be beside what Tesseract has read there."""
        slack = SLACK * self.height
        syllable = max(
            (
                one.confidence + one.is_confirmed
                for one in self.symbols
                if is_hangul(one.text)
                and one.left - slack <= letter.place <= one.right + slack
                and one.right - one.left <= 1.2 * WIDEST * self.height
            ),
            default=0.0,
        )
        confirmed = any(
            one.text == letter.text and abs(one.place - letter.place) <= NEAR * self.height
            for one in self.whole
        )
        if syllable < SURE:
            return 0.6
        if syllable < 0.97:
            return 0.7 if confirmed else 0.97
        return 0.98 if confirmed and syllable <= 1 else 2.0


def _is_doubtful(symbol: Symbol) -> bool:
    """Whether nothing but Tesseract, itself unsure, says that this is a syllable."""
    return is_hangul(symbol.text) and not symbol.is_confirmed and symbol.confidence < SURE
