"""What reads lines: the interface, and the choice between several of them for each line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from inference.engine.model import Pixels

UPRIGHT = 0.8
"""A line that is read with less confidence may stand on its head."""
SURER = 0.1
"""By so much more confidence it has to be read the other way up."""
UNSURE = 0.7
"""The confidence of a line with a sign or figure that is read with less, at most."""
MOSTLY_UNREAD = 0.5
"""A line of which so much ink is no letter that is known is not helped by turning it."""


@dataclass(frozen=True)
class Reading:
    """What a line says."""

    text: str = ""
    """Without spaces at its ends."""
    confidence: float = 0.0
    """From 0 to 1: how sure the letters are, and how much of the line's ink they account for."""
    unread: float = 0.0
    """The part of the line's ink that no letter accounts for, from 0 to 1."""
    doubt: float = 0.0
    """How much speaks for something else than what was read, on average over the letters."""
    is_unsure: bool = False
    """Whether a sign or figure in it may well be another, however sure the others are."""
    syllables: int = 0
    """How many of Hangul were read."""
    confirmed: int = 0
    """How many of these two networks read alike; of print nearly all are."""


class Reader(Protocol):
    """Reads lines of some languages."""

    @property
    def languages(self) -> Sequence[str]:
        """Their BCP 47 codes."""

    def read(self, lines: Sequence[Pixels]) -> Sequence[Reading]:
        """What RGB pictures (H, W, 3) of single level lines say, in their order."""


class SurestReader:
    """Asks one reader after the other about each line, until one is sure of it."""

    def __init__(self, readers: Sequence[Reader], sure: float = 0.9) -> None:
        """Take readers in the order in which they are asked.

        Args:
            readers: the first is asked about every line.
            sure: the confidence with which no other is asked.
        """
        self._readers = readers
        self._sure = sure

    @property
    def languages(self) -> Sequence[str]:
        """All readers' languages."""
        return [code for reader in self._readers for code in reader.languages]

    def preferring(self, language: str | None, sure: float | None = None) -> "SurestReader":
        """The same with the readers of a language first; None: as it is."""
        order = sorted(self._readers, key=lambda reader: language not in reader.languages)
        return SurestReader(order if language else self._readers, sure or self._sure)

    def read(self, lines: Sequence[Pixels]) -> list[Reading]:
        """The reading of each line that its reader is surest of."""
        best = [Reading()] * len(lines)
        for reader in self._readers:
            unsure = [index for index, one in enumerate(best) if one.confidence < self._sure]
            if not unsure:
                break
            readings = reader.read([lines[index] for index in unsure])
            for index, reading in zip(unsure, readings, strict=True):
                if reading.confidence > best[index].confidence:
                    best[index] = reading
        return best


def read_either_way_up(reader: Reader, lines: Sequence[Pixels]) -> list[Reading]:
    """What lines say, of which some may stand on their heads on an upright page."""
    readings = list(reader.read(lines))
    unsure = [
        index
        for index, reading in enumerate(readings)
        if reading.confidence < UPRIGHT and reading.unread < MOSTLY_UNREAD
    ]
    turned = reader.read([np.rot90(lines[index], 2) for index in unsure]) if unsure else []
    for index, reading in zip(unsure, turned, strict=True):
        # A single letter doesn't tell which way up it stands, and figures don't either.
        letters = sum(letter.isalpha() for letter in reading.text)
        if letters > 1 and reading.confidence > readings[index].confidence + SURER:
            readings[index] = reading
    return readings
