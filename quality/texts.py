"""Sentences and receipts that pages are set from.

There are two sets. Thresholds of the models may be chosen by looking at `tuning`; nothing is chosen
by looking at `held_out`, which the published figures come from.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, get_args

TextSet = Literal["tuning", "held_out"]
TEXT_SETS: Final[tuple[TextSet, ...]] = get_args(TextSet)
LANGUAGES: Final = ("en", "ja", "zh", "ko", "ko_en")
"""`ko_en`: Korean with English words."""
RECEIPT_LANGUAGES: Final = ("en", "ja", "ko")

_FOLDER: Final = Path(__file__).parent / "text"


def sentences(language: str, text_set: TextSet) -> Sequence[str]:
    """The sentences of a set, each short enough for one line of a page."""
    return _lines(f"{text_set}/{language}.txt")


def receipt(language: str, text_set: TextSet) -> Sequence[tuple[str, ...]]:
    """The rows of a receipt: (heading,) or (item, amount)."""
    return [tuple(line.split("\t")) for line in _lines(f"{text_set}/receipt_{language}.tsv")]


def goods(language: str, text_set: TextSet) -> Sequence[str]:
    """What may stand on a receipt."""
    return _lines(f"{text_set}/goods_{language}.txt")


def signs(text_set: TextSet) -> Sequence[str]:
    """Lines full of signs and figures: code, addresses, prices."""
    return _lines(f"{text_set}/signs.txt")


def labels(language: str, text_set: TextSet) -> Sequence[str]:
    """Short lines of packages, signs and notices: units, prices, numbers, signs."""
    return _lines(f"{text_set}/labels_{language}.txt")


def foreign(text_set: TextSet) -> Mapping[str, Sequence[str]]:
    """Sentences in further languages: in unknown scripts, and with accents that are known."""
    found: dict[str, list[str]] = {}
    for line in _lines(f"{text_set}/scripts.tsv"):
        language, _, sentence = line.partition("\t")
        found.setdefault(language, []).append(sentence)
    return found


def _lines(name: str) -> list[str]:
    return (_FOLDER / name).read_text(encoding="utf-8").splitlines()
