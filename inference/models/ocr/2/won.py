"""Amounts in won. PP-OCR's alphabet lacks their sign, which is read as the letter W, and the
syllable that is written behind them."""

import re
from collections.abc import Mapping, Sequence

from hangul import is_hangul
from tesseract import Symbol

WON = "\N{WON SIGN}"
SYLLABLE = "원"
_FIGURES = re.compile(r"[+-]?\d{1,3}(?:,\d{3})*|[+-]?\d+")
_FIRST_SOUND = 588
"""So far apart are two syllables that differ in the first sound by one."""
_MARKS = re.compile("[.,]")
_BARE = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+")
_BARE_OR_SHORT = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+|[+-]?\d{3}")
_WITH_SYLLABLE = re.compile(rf"\d{SYLLABLE}")
_GROUPS = re.compile(
    rf"(?<![\d.,])\d{{1,3}}(?:[.,] ?\d{{3}})+(?={SYLLABLE})"
    rf"|(?<={WON})\d{{1,3}}(?:[.,]\d{{3}})+(?!\d)"
)
_GROUPED = re.compile(r"(?<![^\s(\-+])W(?=\d{1,3}(?:,\d{3})+(?!\d))")
_ANY = re.compile(r"(?<![^\s(\-+])W(?=\d+(?:,\d{3})*(?![\w,]))")


def with_won(texts: Mapping[int, str]) -> dict[int, str]:
    """The lines of a page with the sign before its amounts.

    A W before figures in groups of three is always one; where a page has such, one before any
    figure is too. Won have no fractions: a point between groups of three figures is a comma.
    """
    is_won = any(_GROUPED.search(text) for text in texts.values())
    signed = {line: _ANY.sub(WON, text) if is_won else text for line, text in texts.items()}
    return {line: _GROUPS.sub(_grouped, text) for line, text in signed.items()}


def bare_amounts(texts: Mapping[int, str]) -> list[int]:
    """The lines with amounts alone on a page where others have the syllable behind them."""
    if not any(_WITH_SYLLABLE.search(text) for text in texts.values()):
        return []
    return [line for line, text in texts.items() if _BARE.fullmatch(text)]


def amount(figures: str, symbols: Sequence[Symbol], last: str = "") -> str:
    """An amount with the syllable behind it; empty: the line is none.

    Args:
        figures: what PP-OCR reads in the whole line, which knows points from commas.
        symbols: what Tesseract reads there, which knows the syllable.
        last: what the network of syllables reads at the end. Where the two disagree and it is one
            with the same vowel and end, it is won: in letters made of dots they are alike.
    """
    others = "".join(one.text for one in symbols)
    is_won = others.endswith(SYLLABLE) and bool(_FIGURES.fullmatch(figures))
    if not is_won and not (_BARE_OR_SHORT.fullmatch(figures) and _rhymes(last)):
        return ""
    if not is_won and (not symbols or symbols[-1].is_confirmed or not is_hangul(symbols[-1].text)):
        return ""
    same = _MARKS.sub("", others[:-1]) == _MARKS.sub("", figures)
    return figures + SYLLABLE if same else ""


def _rhymes(syllable: str) -> bool:
    """Whether it differs from the syllable of won in its first sound at most."""
    return is_hangul(syllable) and (ord(syllable) - ord(SYLLABLE)) % _FIRST_SOUND == 0


def _grouped(amount: re.Match[str]) -> str:
    return re.sub("[.,] ?", ",", amount[0])
