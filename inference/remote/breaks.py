"""What a server was computing whenever it went away: a request may be what ends it."""

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from inference.engine.messages import NamedTensor

ENDURED: Final = 2
"""Breaks over the same item that are nobody's fault: servers are restarted and links are cut."""
_KEPT: Final = 10_000
_MOST_ROWS: Final = 1_000
"""Of a batch; what has more is one item."""


class Breaks:
    """Counts, by the contents of each item of a request, how often the server went away over it.

    The batches that one photo is tried in differ, so its own row is what is known again.
    """

    def __init__(self) -> None:
        self._counts: OrderedDict[bytes, int] = OrderedDict()

    def add(self, inputs: Sequence[NamedTensor]) -> bool:
        """Count one; whether it happened before to any of these items, more often than is
        endured."""
        most = 0
        for item in _items(inputs):
            count = self._counts.pop(item, 0) + 1
            self._counts[item] = count
            most = max(most, count)
        while len(self._counts) > _KEPT:
            self._counts.popitem(last=False)
        return most > ENDURED


def _items(inputs: Sequence[NamedTensor]) -> set[bytes]:
    """A hash of each row; of all where there are none in common."""
    sizes = {tensor["shape"][0] if tensor["shape"] else 1 for tensor in inputs}
    count = min(sizes) if len(sizes) == 1 and min(sizes) <= _MOST_ROWS else 1
    hashes = [sha256() for _ in range(count)]
    for tensor in inputs:
        data = memoryview(tensor["data"])
        size = len(data) // count if count else 0
        for number, hashed in enumerate(hashes):
            hashed.update(tensor["name"].encode() + b"\0")
            hashed.update(data[number * size : (number + 1) * size])
    return {hashed.digest() for hashed in hashes}
