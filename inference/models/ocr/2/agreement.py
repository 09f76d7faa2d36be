"""What Tesseract and the network of single syllables both read in a line.

The one knows what words look like, the other each letter's parts; neither has the other's faults.
"""

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise

from hangul import is_hangul
from syllables import Syllable
from tesseract import Symbol

SURE = 0.9
"""How sure a syllable is that speaks against what Tesseract has read."""
NEAR = 1.0
"""How far apart the two may see a syllable, over the height of the letters."""
LIKELY = 0.02
"""The chance with which a syllable that isn't the likeliest one is confirmed."""
SPACE = 0.3
"""The least gap of a space between syllables, over the height of the letters."""
UNSTABLE = 0.5
"""The confidence of what Tesseract reads in one size and not in another."""


def agreed(symbols: Sequence[Symbol], syllables: Sequence[Syllable], height: int) -> list[Symbol]:
    """The symbols, those that both read confirmed and where the network of syllables sees them."""
    found = list(symbols)
    for at, other in [*_pairs(symbols, syllables), *_likely(symbols, syllables)]:
        one, single = symbols[at], syllables[other]
        off = (one.left + one.right) / 2 - (single.first + single.end) / 2
        if is_hangul(one.text) and abs(off) < NEAR * height:
            found[at] = replace(
                one,
                confidence=max(one.confidence, single.chance_of(one.text)),
                left=single.first,
                right=single.end - 1,
                is_confirmed=True,
            )
    return _spaced(found, height)


def disputes(symbols: Sequence[Symbol], syllables: Sequence[Syllable]) -> int:
    """How many sure syllables Tesseract has not read."""
    read = {other for _, other in _pairs(symbols, syllables)}
    return sum(
        one.confidence >= SURE for at, one in enumerate(syllables) if one.text and at not in read
    )


def steadied(
    symbols: Sequence[Symbol], again: Sequence[Symbol], syllables: Sequence[Syllable]
) -> list[Symbol]:
    """Of two readings by Tesseract the one with fewer disputes, unsure where they differ."""
    one, other = sorted((symbols, again), key=lambda reading: disputes(reading, syllables))
    stable = {at for at, _ in _pairs(one, other)}
    return [
        symbol if at in stable else replace(symbol, confidence=min(symbol.confidence, UNSTABLE))
        for at, symbol in enumerate(one)
    ]


def _pairs(
    symbols: Sequence[Symbol], others: Sequence[Syllable] | Sequence[Symbol]
) -> list[tuple[int, int]]:
    """The indices of what is read alike, in order."""
    blocks = _matcher(symbols, others).get_matching_blocks()
    return [(a + step, b + step) for a, b, length in blocks for step in range(length)]


def _likely(symbols: Sequence[Symbol], syllables: Sequence[Syllable]) -> list[tuple[int, int]]:
    """The indices of what is read otherwise, though the network finds the symbol likely too."""
    return [
        (first + step, start + step)
        for tag, first, end, start, stop in _matcher(symbols, syllables).get_opcodes()
        if tag == "replace" and end - first == stop - start
        for step in range(end - first)
        if is_hangul(symbols[first + step].text)
        and syllables[start + step].chance_of(symbols[first + step].text) >= LIKELY
    ]


def _matcher(
    symbols: Sequence[Symbol], others: Sequence[Syllable] | Sequence[Symbol]
) -> SequenceMatcher[str]:
    texts = [one.text for one in symbols], [one.text for one in others]
    return SequenceMatcher(None, *texts, autojunk=False)


def _spaced(symbols: Sequence[Symbol], height: int) -> list[Symbol]:
    """The symbols with the spaces that Tesseract has not seen between syllables."""
    both = [one.is_confirmed and other.is_confirmed for one, other in pairwise(symbols)]
    gaps = [(other.left - one.right - 1) / height for one, other in pairwise(symbols)]
    known = [gap for gap, is_known in zip(gaps, both, strict=True) if is_known]
    least = max(SPACE, 2 * min(known)) if known else SPACE
    is_wide = (is_known and gap >= least for gap, is_known in zip(gaps, both, strict=True))
    return [
        *symbols[:1],
        *(
            replace(one, spaced=one.spaced or wide)
            for one, wide in zip(symbols[1:], is_wide, strict=True)
        ),
    ]
