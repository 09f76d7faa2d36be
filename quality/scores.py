"""How far a reading is from the text of the page."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

_SAME: Final = str.maketrans(  # quotes, dashes and stops of every script
    "\u201c\u201d\u201e\u2018\u2019\u2014\u2013\u2212\u3002\u3001", '"""\'\'---.,'
)
_OUT_OF_ORDER = 0.01
"""What it costs to match the first item with the last line: it counts where names tell nothing."""
_BARE = 0.1
"""And to match it with a line without an amount, such as a heading."""
_AMOUNT: Final = re.compile(
    r"(?:^|\s)[+(\-]?\s?[$\u20ac\u00a3\u00a5\u20a9]?\s?[+\-]?\d[\d.,]*\s?[$\u20ac\u00a3\u5186\uc6d0)]?$"
)
"""The last in a line."""
_SIGN_BEFORE: Final = re.compile(r"[+\-]\s*$|(?<!\d)(?<!\d\s)[$\u20ac\u00a3\u00a5\u20a9]\s*$")


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
    wrong = sum(costs[pair] for pair in _matched(costs))
    return float(wrong / max(1, sum(map(len, expected))))


def amounts_right(amounts: Sequence[tuple[str, str]], read: Sequence[str]) -> int:
    """How many amounts end the line of their item: each figure, point, sign and currency as it is.

    Which line is an item's is told by the items' names alone, all together, and by their order
    where a name is misread as a whole. Spaces within an amount don't count.
    """
    lines = [normalized(line) for line in read]
    items = [normalized(item) for item, _ in amounts]
    ended = (
        _ends_with(lines[line], normalized(amounts[item][1])) for item, line in _rows(items, lines)
    )
    return sum(ended)


def _rows(items: Sequence[str], lines: Sequence[str]) -> list[tuple[int, int]]:
    """Each item's index with that of its line, where there are as many with a name."""
    found = {at: name for at, line in enumerate(lines) if (name := _AMOUNT.sub("", line))}
    if not items or not found:
        return []
    costs = np.array(
        [
            [
                distance(item, other) / max(len(item), len(other))
                + _BARE * (other == lines[line])
                + _OUT_OF_ORDER * abs(at / len(items) - line / len(lines))
                for line, other in found.items()
            ]
            for at, item in enumerate(items)
        ]
    )
    places = list(found)
    return [(item, places[at]) for item, at in _matched(costs)]


def _ends_with(line: str, amount: str) -> bool:
    found = re.search(
        r"(?:^|(?<=\s))" + r"\s?".join(map(re.escape, amount.replace(" ", ""))) + "$", line
    )
    return found is not None and not _SIGN_BEFORE.search(line[: found.start()])


def _matched(costs: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    """Rows and columns in pairs that cost the least together."""
    # It takes a second to import, and most who ask for scores match no lines.
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    rows, columns = linear_sum_assignment(costs)
    return list(zip(rows.tolist(), columns.tolist(), strict=True))
