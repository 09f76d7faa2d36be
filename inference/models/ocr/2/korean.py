"""Reads Korean lines: Hangul by Tesseract, Latin words and digits among it by PP-OCR."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from agreement import agreed, disputes, steadied
from barred_signs import with_barred_signs
from circled_numbers import with_circled_numbers
from dots import with_dots
from exponents import add_exponents
from fraction_signs import with_fraction_signs
from hangul import Ink, Span, is_hangul, spans
from korean_line import KoreanLine
from korean_reading import WIDE_SPACE, reading_of
from latin_letters import is_likely, latin_letters, without_syllables
from latin_runs import is_latin, joined, runs_of
from readers import Reading
from recogniser import Letter, Recogniser, Spelling
from repair import repaired
from run_readings import chosen, within
from slots import between
from small_signs import with_small_signs
from syllables import SyllableReader
from tesseract import OTHER_HEIGHT, Symbol, Tesseract, grey
from times_signs import with_times

from inference.engine.model import Pixels

SYLLABLES = "syllables.onnx"
MARGIN = 0.15
"""Of white beside what is read by itself. This and the next are over the letters' height."""
LATE = 0.1
"""How far to the right of a letter's middle PP-OCR tells it."""
UNSURE = 0.6
"""A line that is read with less confidence is looked at syllable by syllable."""
SURE_SYLLABLE, LIKELY = 0.75, 0.4
"""The confidence that its syllables then need on average, and each."""
POINTS = frozenset(".,")
"""Marks with which no run begins."""


class KoreanReader:
    """A `Reader` with two networks; the words of all lines go through PP-OCR together."""

    languages: Sequence[str] = ("ko",)

    def __init__(self, folder: Path, recogniser: Recogniser, threads: int) -> None:
        """Load Tesseract's network from a folder.

        Raises:
            RuntimeError: there is no `kor.traineddata`, or it is none.
        """
        self._tesseract = Tesseract(folder)
        self._recogniser = recogniser
        self._syllables = SyllableReader(folder / SYLLABLES, threads)

    def read(self, lines: Sequence[Pixels]) -> list[Reading]:
        """What RGB pictures (H, W, 3) of single level lines say, in their order."""
        made = [self._looked_at(pixels) for pixels in lines]
        self._find_runs([line for line in made if not line.is_plain])
        readings = [reading_of(line, self._slots(line)) for line in made]
        return [
            one if one.confidence >= UNSURE else max(one, self._spelled(line), key=_confidence)
            for line, one in zip(made, readings, strict=True)
        ]

    def _looked_at(self, pixels: Pixels) -> KoreanLine:
        """A line with what Tesseract reads in it, once more where single syllables dispute it."""
        values = grey(pixels)
        line = KoreanLine(pixels, values, self._tesseract.read(values))
        for word in line.words:
            line.syllables += self._syllables.read(values, line.strokes(word), line.height)
        if disputes(line.symbols, line.syllables):
            again = self._tesseract.read(values, OTHER_HEIGHT)
            line.symbols = steadied(line.symbols, again, line.syllables)
        symbols = agreed(line.symbols, line.syllables, line.height)
        line.symbols = with_dots(symbols, line.grey, line.ink, line.height)
        return line

    def _spelled(self, line: KoreanLine) -> Reading:
        """The line by its syllables alone: Tesseract misses some that are short."""
        words = [
            self._syllables.read(line.grey, line.strokes(word), line.height)
            for word in spans(line.ink, WIDE_SPACE * line.height)
        ]
        chances = [one.confidence for word in words for one in word]
        if len(chances) < 2 or min(chances) < LIKELY or np.mean(chances) < SURE_SYLLABLE:
            return Reading()
        text = " ".join("".join(one.text for one in word) for word in words)
        return Reading(text, float(np.mean(chances)))

    def _slots(self, line: KoreanLine) -> list[list[Symbol]]:
        """Tesseract's symbols before, between and after the runs."""
        runs = [run for run, _ in line.runs]
        edges = [0, *(edge for run in runs for edge in (run.first, run.end)), len(line.ink)]
        if not runs:
            return [repaired(line.symbols, line.syllables, self._tesseract.is_known)]
        slots = between(line.symbols, runs, line.ink, line.height)
        for at, symbols in enumerate(slots):
            part = Span(edges[2 * at], edges[2 * at + 1])
            if any(is_hangul(symbol.text) for symbol in symbols):
                syllables = self._syllables.read(line.grey, line.strokes(part), line.height)
                slots[at] = repaired(symbols, syllables, self._tesseract.is_known)
        return slots

    def _find_runs(self, lines: Sequence[KoreanLine]) -> None:
        wholes = self._spellings([(line, Span(0, line.pixels.shape[1])) for line in lines])
        for line, whole in zip(lines, wholes, strict=True):
            line.whole = whole.letters
            line.symbols = with_times(line.symbols, whole.letters, line.height)
        words = [(line, word) for line in lines for word in line.words if line.is_open(word)]
        heard: dict[int, list[Letter]] = {id(line): [] for line in lines}
        runs: dict[int, list[Span]] = {id(line): [] for line in lines}
        for (line, word), spelling in zip(words, self._spellings(words), strict=True):
            latin = latin_letters(line, spelling.letters)
            latin += line.figures(word, latin)
            heard[id(line)] += latin
            places = [letter.place for letter in latin if letter.text not in POINTS]
            places += [place for place in line.unknown() if word.first <= place < word.end]
            runs[id(line)] += runs_of(line.strokes(word), places, line.hangul(latin), line.height)
        found = [
            (line, run) for line in lines for run in joined(runs[id(line)], line.ink, line.height)
        ]
        for (line, run), alone in zip(found, self._spellings(found), strict=True):
            letters = chosen(
                within(alone.letters, run, line.height),
                within(heard[id(line)], run, line.height),
                within(line.whole, run, line.height),
                line.inside(run),
            )
            for part, own in without_syllables(line, run, letters):
                if is_likely(line, part, own):
                    line.runs.append((part, own))
                    line.doubts += alone.doubts * part.width / run.width
        add_exponents(self._recogniser, lines)

    def _spellings(self, parts: Sequence[tuple[KoreanLine, Span]]) -> list[Spelling]:
        """What PP-OCR reads in parts of lines, Latin letters alone, with columns as places."""
        if not parts:
            return []
        cuts = [_with_margins(line.ink, span, MARGIN * line.height) for line, span in parts]
        pixels = [
            line.pixels[:, cut.first : cut.end] for (line, _), cut in zip(parts, cuts, strict=True)
        ]
        readings = [
            replace(reading, letters=self._with_signs(part, reading.letters))
            for part, reading in zip(pixels, self._recogniser.read(pixels), strict=True)
        ]
        return [
            _latin(reading, cut, LATE * line.height)
            for (line, _), cut, reading in zip(parts, cuts, readings, strict=True)
        ]

    def _with_signs(self, part: Pixels, letters: Sequence[Letter]) -> Sequence[Letter]:
        letters = with_circled_numbers(self._recogniser, part, letters)
        letters = with_small_signs(self._recogniser, part, letters)
        return with_fraction_signs(self._recogniser, part, with_barred_signs(part, letters))


def _latin(reading: Spelling, cut: Span, late: float) -> Spelling:
    """The Latin letters in a part of a line, with columns as places; others are doubts."""
    others = sum(one.text.isalnum() and not is_latin(one.text) for one in reading.letters)
    letters = [
        replace(one, place=cut.first + one.place * cut.width - late)
        for one in reading.letters
        if is_latin(one.text) or one.text == " "
    ]
    return Spelling(letters, reading.doubts + others)


def _confidence(reading: Reading) -> float:
    return reading.confidence


def _with_margins(ink: Ink, span: Span, margin: float) -> Span:
    """The span with the white columns beside it, at most so many."""
    first, end = span.first, span.end
    while first > 0 and span.first - first < margin and not ink[first - 1]:
        first -= 1
    while end < len(ink) and end - span.end < margin and not ink[end]:
        end += 1
    return Span(max(0, first - 1), min(len(ink), end + 1))
