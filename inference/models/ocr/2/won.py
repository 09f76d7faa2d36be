"""The sign of the won, which PP-OCR's alphabet lacks: it is read as the letter W."""

import re
from collections.abc import Mapping

WON = "\N{WON SIGN}"
_GROUPED = re.compile(r"(?<![^\s(\-+])W(?=\d{1,3}(?:,\d{3})+(?!\d))")
_ANY = re.compile(r"(?<![^\s(\-+])W(?=\d+(?:,\d{3})*(?![\w,]))")


def with_won(texts: Mapping[int, str]) -> dict[int, str]:
    """The lines of a page with the sign before its amounts.

    A W before figures in groups of three is always one; where a page has such, one before any
    figure is too.
    """
    is_won = any(_GROUPED.search(text) for text in texts.values())
    return {line: _ANY.sub(WON, text) if is_won else text for line, text in texts.items()}
