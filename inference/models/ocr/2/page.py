"""A page while it is read: where its lines are, what they say, and what comes out in the end."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

import lone_signs
import numpy as np
from extents import runs_down
from japanese_forms import in_japanese
from languages import LATIN, bears_out, guessed, hinted
from notes import Outcome, notes
from paragraphs import paragraphs, text_of
from quads import heights, widths
from readers import UNSURE, Reading
from reading_order import blocks
from upright import Upright
from won import bare_amounts, with_won

from inference.engine.model import Region, TextOutput

LEAST_CONFIDENCE = 0.6
"""Lines that are read with less are left out."""
FEW_LETTERS = 4
"""Fewer by themselves may be of another script than they are taken for."""
FEW_CONFIDENCE, ONE_CONFIDENCE = 0.85, 0.97
"""Edges and textures look like a few letters, and most of all like one of straight strokes: few on
a whole page, and a single Latin one, are left out where they are read with less confidence."""
SURE_HAN = 0.99
"""With so much confidence a Chinese letter or two by themselves are read; Hangul that looks like
them is with less."""
STROKES = frozenset("_-\N{EN DASH}\N{EM DASH}\u4e00|~.,:;'\"=\N{BLACK SQUARE}")
"""What edges look like most: a page with nothing else has no text."""
STEMS = frozenset("LHTEFIl")
"""Letters of straight strokes only, as many syllables are: those of such a line look alike."""
SURE_FIGURES = 0.95
WORD = re.compile("[A-Za-z]{4}")
"""A line with one is no Korean word that looks like figures."""
LINE_ASPECT = 2.5
"""How many times as long as high what is surely meant as a line is at least."""

LINE_LETTERS = 8
"""Fewer don't tell that letters are not known."""
LARGE = 26
"""Pixels of a line's height: of less the forms of letters don't show who made them."""


class Page:
    """The lines that were found in a picture, and their readings as they come in."""

    def __init__(self, found: Upright, scale: float) -> None:
        """Begin with lines that are not read yet.

        Args:
            found: where they are.
            scale: pixels of the picture at full size to one of those that were looked at.
        """
        self._found = found
        corners = (found.in_picture(found.boxes) * scale).round().astype(int)
        self._polygons: list[list[list[int]]] = corners.tolist()
        self._readings: dict[int, Reading] = {}
        self._least = LEAST_CONFIDENCE
        self.order = [line for block in blocks(found.boxes) for row in block.rows for line in row]
        """The lines' indices in the order in which they are to be read."""

    @property
    def polygons(self) -> list[list[list[int]]]:
        """The lines' corners in pixels of the picture at full size, in their order."""
        return [self._polygons[line] for line in self.order]

    @property
    def regions(self) -> list[Region]:
        """The lines that were read so far, in their order."""
        return [self._region(line) for line in self.order if self._is_read(line)]

    def add(self, line: int, reading: Reading) -> None:
        """A line was looked at."""
        self._readings[line] = reading

    def strays(self) -> list[int]:
        """Lines without Hangul on a Korean page that may be some."""
        texts = {line: self._readings[line].text for line in self.order}
        if guessed("".join(texts.values())) != "ko":
            return []
        # The syllable behind an amount is lost where it touches the last figure.
        bare = set(bare_amounts(texts))
        return [line for line in self.order if line in bare or _may_be_korean(self._readings[line])]

    def doubtful_han(self, hint: str) -> list[int]:
        """All lines, where they are a few Chinese letters that may be Hangul."""
        readings = [self._readings[line] for line in self.order]
        text = "".join(reading.text for reading in readings)
        if guessed(text) != "zh" or len(text) >= FEW_LETTERS or hinted(hint) in {"zh", "ja"}:
            return []
        return list(self.order) if min(one.confidence for one in readings) < SURE_HAN else []

    def without_signs(self) -> dict[int, Reading]:
        """The amounts whose sign of a currency may have been left out, with their readings."""
        texts = {line: self._readings[line].text for line in self.order}
        return {line: self._readings[line] for line in lone_signs.bare_amounts(texts)}

    def output(self, hint: str, languages: Sequence[str]) -> TextOutput:
        """What comes out; `hint` is the user's, `languages` are the codes of those readable."""
        self._least = self._least_confidence()
        # Now that the figures are known, rows of them are told from columns of text.
        read = {at: one.text for at, one in self._readings.items()}
        if _language(hint, "".join(read.values())) == "ja":
            read |= in_japanese(read)
        for line, text in with_won(read).items():
            self._readings[line] = replace(self._readings[line], text=text)
        texts = [self._readings[line].text for line in range(len(self._found.boxes))]
        order = blocks(self._found.boxes, texts)
        self.order = [line for block in order for row in block.rows for line in row]
        shown = {line: texts[line] for line in self.order if self._is_read(line)}
        text = text_of(order, shown)
        return TextOutput(
            self.regions,
            _language(hint, text),
            text,
            notes=notes(hint, self._outcome(text), languages),
            paragraphs=paragraphs(self._found.boxes, order, shown),
            turned=90 * self._found.quarters if text else 0,
        )

    def _is_read(self, line: int) -> bool:
        reading = self._readings.get(line)
        return bool(reading and reading.text and reading.confidence >= self._least)

    def _least_confidence(self) -> float:
        """Of a line that is not left out, now that all are read."""
        text = "".join(self._readings[line].text for line in self.order if self._is_read(line))
        if STROKES.issuperset(text):
            return 1.0
        letters = [letter for letter in text if letter.isalnum()]
        if len(letters) == 1 and text.isascii():
            return ONE_CONFIDENCE
        sure = max((one.confidence for one in self._readings.values() if one.text), default=0.0)
        is_little = len(letters) < (FEW_LETTERS if sure >= FEW_CONFIDENCE else LINE_LETTERS)
        return FEW_CONFIDENCE if is_little else LEAST_CONFIDENCE

    def _region(self, line: int) -> Region:
        corners = [(float(x), float(y)) for x, y in self._polygons[line]]
        reading = self._readings[line]
        one, two, three, four = corners
        sure = min(reading.confidence, UNSURE) if reading.is_unsure else reading.confidence
        return Region((one, two, three, four), reading.text, sure)

    def _outcome(self, text: str) -> Outcome:
        boxes = self._found.boxes
        across, down = widths(boxes), heights(boxes)
        lengths, letters = (down, across) if runs_down(boxes) else (across, down)
        read = np.array([self._is_read(line) for line in range(len(boxes))], bool)
        readings = [self._readings[line] for line in range(len(boxes))]
        missing = np.array([reading.unread for reading in readings])
        doubt = np.array([reading.doubt for reading in readings])
        is_latin = np.array([_is_latin(reading.text) for reading in readings], bool)
        is_long = lengths >= LINE_ASPECT * letters
        letters_read = np.array([_letters(reading.text) for reading in readings])[read]
        total = int(letters_read.sum())
        large = [readings[at] for at in np.flatnonzero(read & (letters >= LARGE)).tolist()]
        return Outcome(
            text=text,
            unread=int((~read & is_long).sum()),
            missing=float(missing[read & is_long].max(initial=0.0)),
            doubt=float(doubt[read] @ letters_read) / total if total >= LINE_LETTERS else 0.0,
            line_doubt=float(doubt[read & is_latin].max(initial=0.0)),
            syllables=sum(one.syllables for one in large),
            confirmed=sum(one.confirmed for one in large),
        )


def _may_be_korean(reading: Reading) -> bool:
    """Whether it has nothing but what Hangul is taken for: Chinese, straight strokes, figures that
    are not quite sure."""
    text = reading.text
    if guessed(text) == "ko" or not text:
        return False
    if guessed(text) == "zh" or (len(text) < FEW_LETTERS and STEMS.issuperset(text)):
        return True
    return reading.confidence < SURE_FIGURES and not WORD.search(text)


def _is_latin(text: str) -> bool:
    """Whether a line has enough letters to tell that they are known, all of them narrow."""
    return _letters(text) >= LINE_LETTERS and not any(
        unicodedata.east_asian_width(letter) in "WF" for letter in text
    )


def _letters(text: str) -> int:
    return sum(letter.isalpha() for letter in text)


def _language(hint: str, text: str) -> str | None:
    """The hint's language where the text bears it out, else the one that its letters point to."""
    language = hinted(hint)
    if text and language in {*LATIN, "ko", "ja", "zh"} and bears_out(text, language):
        return language
    return guessed(text)
