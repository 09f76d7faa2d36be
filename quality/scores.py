"""How far a reading is from the text of the page."""

import unicodedata
from collections.abc import Sequence
from typing import Final

import numpy as np

_SAME: Final = str.maketrans(  # quotes, dashes and stops of every script
    "\u201c\u201d\u201e\u2018\u2019\u2014\u2013\u3002\u3001", '"""\'\'--.,'
)
_LEAST_ITEM = 0.5
"""How much of an item's name a line must have to be the item's."""


def normalized(text: str) -> str:
    """NFKC, with one form of quotes, dashes and stops, and single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_SAME).split())


def distance(first: str, second: str) -> int:
    """How many letters to insert, remove or replace (Levenshtein), by Wagner and Fischer."""
    letters = np.array([ord(letter) for letter in second], dtype=np.int64)
    steps = np.arange(len(second) + 1)
    costs = steps
    for letter in first:
        changed = np.minimum(costs[1:] + 1, costs[:-1] + (letters != ord(letter)))
        changed = np.concatenate(([costs[0] + 1], changed))
        # Insertions run along the row: each costs one more than the best before it.
        costs = np.minimum.accumulate(changed - steps) + steps
    return int(costs[-1])


def error_rate(truth: Sequence[str], read: str) -> float:
    """Character error rate of a reading, in order: edit distance over the length of the truth."""
    expected = normalized("\n".join(truth))
    return distance(expected, normalized(read)) / max(1, len(expected))


def line_error_rate(truth: Sequence[str], read: Sequence[str]) -> float:
    """The same where each line may be matched with any line that was read, without spaces."""
    expected = [normalized(line).replace(" ", "") for line in truth]
    found = [normalized(line).replace(" ", "") for line in read]
    longest = max(len(expected), len(found))
    padded = [[*lines, *[""] * (longest - len(lines))] for lines in (expected, found)]
    costs = np.array([[distance(one, other) for other in padded[1]] for one in padded[0]])
    # It takes a second to import, and most who ask for scores match no lines.
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    rows, columns = linear_sum_assignment(costs)
    return float(costs[rows, columns].sum() / max(1, sum(map(len, expected))))


def amounts_right(amounts: Sequence[tuple[str, str]], read: Sequence[str]) -> int:
    """How many amounts stand, digit by digit, at the end of the line that has their item."""
    lines = [normalized(line) for line in read]
    return sum(_stands(normalized(item), normalized(amount), lines) for item, amount in amounts)


def _stands(item: str, amount: str, lines: Sequence[str]) -> bool:
    for line in lines:
        rest, _, end = line.rpartition(" ")
        if end == amount and distance(item, rest) <= (1 - _LEAST_ITEM) * len(item):
            return True
    return False
