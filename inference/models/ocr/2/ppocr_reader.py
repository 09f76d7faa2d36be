"""Reads lines of the languages whose letters PP-OCR's recogniser knows."""

from collections.abc import Sequence
from dataclasses import replace

from barred_signs import with_barred_signs
from circled_numbers import with_circled_numbers
from exponents import with_exponents
from fraction_signs import with_fraction_signs
from ink import unread
from kana import settled
from minus import with_minus
from readers import UNSURE, Reading
from recogniser import Letter, Recogniser, Spelling
from signs import is_sign
from small_signs import with_small_signs
from spaces import with_spaces
from trade_marks import with_trade_marks

from inference.engine.model import Pixels

FREQUENT = {"en": "e", "zh": "\u7684", "ja": "\u306e", "ko": "\uc774"}
"""A letter of each language that is not read without it."""


class PpocrReader:
    """A `Reader` of the letters that the recogniser knows."""

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser
        known = set(recogniser.alphabet)
        self.languages = [code for code, letter in FREQUENT.items() if letter in known]

    def read(self, lines: Sequence[Pixels]) -> list[Reading]:
        """What RGB pictures (H, W, 3) of single level lines say, in their order."""
        spellings = self._recogniser.read(lines)
        return [
            _reading(line, replace(one, letters=self._with_signs(line, one.letters)))
            for line, one in zip(lines, spellings, strict=True)
        ]

    def _with_signs(self, line: Pixels, letters: Sequence[Letter]) -> Sequence[Letter]:
        letters = with_circled_numbers(self._recogniser, line, letters)
        letters = with_small_signs(self._recogniser, line, letters)
        letters = with_fraction_signs(self._recogniser, line, with_barred_signs(line, letters))
        return with_minus(line, with_exponents(self._recogniser, line, letters))


def _reading(line: Pixels, spelling: Spelling) -> Reading:
    missing = unread(line, [(letter.text, letter.place) for letter in spelling.letters])
    return Reading(
        with_trade_marks(settled(Spelling(with_spaces(line, spelling.letters)).text)),
        spelling.confidence * (1 - missing),
        missing,
        _doubt(spelling),
        any(one.confidence < UNSURE for one in spelling.letters if is_sign(one.text)),
    )


def _doubt(spelling: Spelling) -> float:
    """The mean over the letters alone: figures and signs are doubted in any script."""
    doubts = [1 - letter.confidence for letter in spelling.letters if letter.text.isalpha()]
    return sum(doubts) / max(1, len(doubts))
