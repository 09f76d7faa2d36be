"""Reads English, Chinese and Japanese lines, by PP-OCR's recogniser."""

from collections.abc import Sequence

from ink import unread
from readers import Reading
from recogniser import Recogniser, Spelling

from inference.engine.model import Pixels


class PpocrReader:
    """A `Reader` of the letters that the recogniser knows."""

    languages: Sequence[str] = ("en", "zh", "ja")

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser

    def read(self, lines: Sequence[Pixels]) -> list[Reading]:
        """What RGB pictures (H, W, 3) of single level lines say, in their order."""
        spellings = self._recogniser.read(lines)
        return [_reading(line, one) for line, one in zip(lines, spellings, strict=True)]


def _reading(line: Pixels, spelling: Spelling) -> Reading:
    missing = unread(line, [(letter.text, letter.place) for letter in spelling.letters])
    return Reading(spelling.text, spelling.confidence * (1 - missing), missing)
