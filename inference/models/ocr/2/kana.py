"""Letters of Japanese and Chinese that look alike: which one is meant, by what stands beside it.

A recogniser tells them by their neighbors only in part. What is done here is what no text goes
against: no katakana that looks like hiragana stands alone in a sentence, and no other one, but for
a few, alone between kanji.
"""

from typing import Final

HIRAGANA: Final = {
    "\N{KATAKANA LETTER RI}": "\N{HIRAGANA LETTER RI}",
    "\N{KATAKANA LETTER HE}": "\N{HIRAGANA LETTER HE}",
    "\N{KATAKANA LETTER BE}": "\N{HIRAGANA LETTER BE}",
    "\N{KATAKANA LETTER PE}": "\N{HIRAGANA LETTER PE}",
}
KATAKANA: Final = {hiragana: katakana for katakana, hiragana in HIRAGANA.items()}
PARTICLE: Final = "\N{HIRAGANA LETTER HE}"
"""Stands before and after katakana in any sentence."""
WORD_STARTS: Final = ("\N{HIRAGANA LETTER BE}", "\N{HIRAGANA LETTER PE}")
"""Before katakana they end a word only where that begins with a kanji."""
KANJI: Final = {
    "\N{KATAKANA LETTER NI}": "\u4e8c",
    "\N{KATAKANA LETTER RO}": "\u53e3",
    "\N{KATAKANA LETTER HA}": "\u516b",
    "\N{KATAKANA LETTER E}": "\u5de5",
    "\N{KATAKANA LETTER TA}": "\u5915",
    "\N{KATAKANA LETTER TI}": "\u5343",
    "\N{KATAKANA LETTER O}": "\u624d",
    "\N{KATAKANA-HIRAGANA PROLONGED SOUND MARK}": "\u4e00",
}
"""Katakana KA counts months and places, so that it may stand between kanji and isn't here."""
NO_KANJI: Final = {
    "\u53e3": "\N{KATAKANA LETTER RO}",
    "\u529b": "\N{KATAKANA LETTER KA}",
    "\u5de5": "\N{KATAKANA LETTER E}",
    "\u5915": "\N{KATAKANA LETTER TA}",
    "\u535c": "\N{KATAKANA LETTER TO}",
    "\u624d": "\N{KATAKANA LETTER O}",
}
"""Kanji that stand between katakana in no word; those of numbers do."""


LONG: Final = {"-": "\N{KATAKANA-HIRAGANA PROLONGED SOUND MARK}"}


def settled(text: str) -> str:
    """A line with letters that look alike in the script of their neighbors."""
    letters = list(text)
    for at, letter in enumerate(letters):
        before = letters[at - 1] if at else ""
        after = letters[at + 1] if at + 1 < len(letters) else ""
        letters[at] = _settled(letter, before, after)
    return "".join(letters)


def _settled(letter: str, before: str, after: str) -> str:
    if letter in HIRAGANA and not (_is_katakana(before) or _is_katakana(after)):
        # Alone, or beside a mark or a figure, it is a label: what it is read as stays.
        return HIRAGANA[letter] if _is_japanese(before) or _is_japanese(after) else letter
    if letter in WORD_STARTS and _is_katakana(after) and not _is_kanji(before):
        return KATAKANA[letter]
    if _is_katakana(before) and _is_katakana(after):
        known = NO_KANJI if letter == PARTICLE else NO_KANJI | KATAKANA | LONG
        return known.get(letter, letter)
    if _is_kanji(before) and _is_kanji(after):
        return KANJI.get(letter, letter)
    return letter


def _is_japanese(letter: str) -> bool:
    return _is_kanji(letter) or "\u3041" <= letter <= "\u3096"


def _is_katakana(letter: str) -> bool:
    return "\u30a1" <= letter <= "\u30fc" and letter != "\N{KATAKANA MIDDLE DOT}"


def _is_kanji(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"
