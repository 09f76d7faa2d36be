"""Puts syllables that Tesseract's alphabet lacks in the place of what it has read for them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from agreement import UNSTABLE
from hangul import is_hangul
from syllables import Syllable
from tesseract import Symbol

SURE = 0.9
"""How sure a syllable must be that takes the place of another."""
DOUBTFUL = 0.9
"""What Tesseract has read with less confidence gives way to a syllable of its alphabet too."""
UNSTEADY = 0.6
"""The same where Tesseract reads one thing in one size and another in another."""
MORE_DOUBT = 3
"""So many times less sure than Tesseract a syllable may be that its alphabet lacks."""
MOST = 3
"""So many syllables at most are replaced together."""


def repaired(
    symbols: Sequence[Symbol], syllables: Sequence[Syllable], is_known: Callable[[str], bool]
) -> list[Symbol]:
    """The symbols of a part of a line, those that can't be right replaced, others confirmed.

    Args:
        symbols: what Tesseract reads there.
        syllables: what the network of single syllables reads there.
        is_known: whether Tesseract's alphabet has a syllable.
    """
    if not symbols:
        # Nothing tells where a syllable would stand: such a line is read by its syllables alone.
        return []
    matcher = SequenceMatcher(
        None, [one.text for one in symbols], [one.text for one in syllables], autojunk=False
    )
    found: list[Symbol] = []
    for tag, first, end, start, stop in matcher.get_opcodes():
        old, new = list(symbols[first:end]), syllables[start:stop]
        if tag == "equal":
            found += _confirmed(old, new)
        elif len(old) == len(new) > 1:
            found += [
                _replaced([one], [other])[0] if _is_better([one], [other], is_known) else one
                for one, other in zip(old, new, strict=True)
            ]
        elif not _is_better(old, new, is_known):
            found += old
        elif old:
            found += _replaced(old, new)
        elif first < len(symbols):
            # What follows has the space before it, which is the left out syllable's.
            inserted = _replaced([symbols[first]], new)
            symbols = [*symbols[:first], replace(symbols[first], spaced=False), *symbols[end + 1 :]]
            found += inserted
        else:
            found += _replaced([replace(symbols[-1], spaced=False)], new)
    return found


def _is_better(
    old: Sequence[Symbol], new: Sequence[Syllable], is_known: Callable[[str], bool]
) -> bool:
    if not old:
        return len(new) <= MOST and all(one.confidence >= SURE for one in new)
    if len(new) > MOST or not 0 <= len(new) - len(old) <= 1:
        return False
    is_unsteady = bool(old) and all(one.confidence <= UNSTABLE for one in old)
    least = UNSTEADY if is_unsteady and all(is_known(one.text) for one in new) else SURE
    if any(one.confidence < least for one in new) or not all(is_hangul(one.text) for one in old):
        return False
    doubts = 1 - min((one.confidence for one in old), default=0.0)
    surest = max((one.confidence for one in old), default=1.0)
    likely = 1 - min(one.confidence for one in new) <= MORE_DOUBT * doubts
    return surest < DOUBTFUL or (likely and any(not is_known(one.text) for one in new))


def _confirmed(old: Sequence[Symbol], new: Sequence[Syllable]) -> list[Symbol]:
    """Symbols that both read alike, as sure as the surer of the two."""
    return [
        replace(one, confidence=max(one.confidence, other.confidence), is_confirmed=True)
        for one, other in zip(old, new, strict=True)
    ]


def _replaced(old: Sequence[Symbol], new: Sequence[Syllable]) -> list[Symbol]:
    """The new syllables with the places and spaces of the old."""
    return [
        replace(
            old[min(at, len(old) - 1)],
            text=one.text,
            confidence=one.confidence,
            is_confirmed=True,
            spaced=at < len(old) and old[at].spaced,
        )
        for at, one in enumerate(new)
    ]
