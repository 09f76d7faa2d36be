"""What lines say that tells whether they are cells of rows, halves of verses or a column's text."""

import re
import unicodedata
from collections.abc import Sequence

CLAUSE_ENDS = ("\uff0c", "\N{IDEOGRAPHIC COMMA}", "\uff1b", "\uff1a", ",", ";", ":")
"""What the first half of a verse ends with."""
WIDE_MARKS = frozenset("\uff0c\uff1b\uff01\uff1f\N{IDEOGRAPHIC COMMA}\N{IDEOGRAPHIC FULL STOP}")
HALVES = 0.75
"""The part of the lines that end so, where the lines beside them go on with the verse."""


def is_figure(text: str) -> bool:
    """Whether it is an amount, a date, a time: at least half of it are digits."""
    letters = [letter for letter in text if not letter.isspace()]
    return bool(letters) and 2 * sum(letter.isdigit() for letter in letters) >= len(letters)


def is_label(text: str) -> bool:
    """Whether a value is to follow it."""
    return text.rstrip().endswith((":", "\N{FULLWIDTH COLON}"))


def amount_form(text: str) -> str:
    """An amount with each run of digits as one 0; empty: it is no amount."""
    return re.sub(r"[\d,]*\d", "0", text.replace(" ", "")) if is_figure(text) else ""


def are_half_verses(texts: Sequence[str]) -> bool:
    """Whether lines are first halves: of a column's text few end with a comma."""
    return sum(text.endswith(CLAUSE_ENDS) for text in texts) >= HALVES * len(texts)


def are_names(texts: Sequence[str]) -> bool:
    """Whether lines of Chinese or Japanese have no mark at all, as each of a few has in prose."""
    whole = "".join(texts)
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in whole)
    return 2 * wide > len(whole) and WIDE_MARKS.isdisjoint(whole)
