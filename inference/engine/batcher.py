"""When a batch goes out, and with whom: the policy alone, with a clock from outside."""

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

T = TypeVar("T")

ALONE: Final = object()
"""The bucket of what shares its batch with nobody."""


@dataclass(frozen=True)
class _Waiting(Generic[T]):
    item: T
    arrived: float
    places: int


@dataclass(frozen=True)
class _Batch(Generic[T]):
    bucket: Hashable
    oldest: float
    size: int
    """How many items."""
    ready_at: float


class Batcher(Generic[T]):
    """Lines of items, one for each bucket, taken out oldest first in batches.

    Only items of one bucket share a batch, in the order in which they came. An item takes some
    places of its batch and is never split; a batch has at most `max_places`. It is ready when the
    next item does not fit any more, when its oldest has waited `max_delay` seconds, or when its one
    item is to be alone. `clock` tells the time in seconds.
    """

    def __init__(self, max_places: int, max_delay: float, clock: Callable[[], float]) -> None:
        self._max_places = max_places
        self._max_delay = max_delay
        self._clock = clock
        self._lines: dict[Hashable, deque[_Waiting[T]]] = {}

    def __len__(self) -> int:
        """How many items wait."""
        return sum(len(line) for line in self._lines.values())

    def add(self, item: T, *, bucket: Hashable, places: int = 1) -> None:
        """Put an item at the end of its bucket's line; in `ALONE` it shares with none."""
        bucket = bucket if self._max_places > 1 else ALONE
        line = self._lines.setdefault(bucket, deque())
        line.append(_Waiting(item, self._clock(), places))

    def remove(self, item: T) -> bool:
        """Take an item out of its line; False: it was not waiting."""
        for bucket, line in self._lines.items():
            for waiting in line:
                if waiting.item == item:
                    line.remove(waiting)
                    self._forget_empty(bucket)
                    return True
        return False

    def drain(self) -> list[T]:
        """Take everything out, the oldest first."""
        lines, self._lines = self._lines, {}
        drained = (waiting for line in lines.values() for waiting in line)
        return [waiting.item for waiting in sorted(drained, key=lambda waiting: waiting.arrived)]

    def take(self) -> list[T]:
        """Take out the batch that is ready, the one with the oldest item first; empty: none is."""
        now = self._clock()
        ready = (batch for batch in self._batches() if batch.ready_at <= now)
        batch = min(ready, key=lambda batch: batch.oldest, default=None)
        if batch is None:
            return []
        line = self._lines[batch.bucket]
        taken = [line.popleft().item for _ in range(batch.size)]
        self._forget_empty(batch.bucket)
        return taken

    def ready_at(self) -> float | None:
        """When the next batch is ready, by the clock; None: nothing waits."""
        return min((batch.ready_at for batch in self._batches()), default=None)

    def _batches(self) -> list[_Batch[T]]:
        """The first batch of each bucket, as it would go out now."""
        return [self._first(bucket, line) for bucket, line in self._lines.items()]

    def _first(self, bucket: Hashable, line: deque[_Waiting[T]]) -> _Batch[T]:
        oldest = line[0]
        if bucket is ALONE:
            return _Batch(bucket, oldest.arrived, 1, oldest.arrived)
        size = places = 0
        for waiting in line:
            if size and places + waiting.places > self._max_places:
                break
            size, places = size + 1, places + waiting.places
        is_full = size < len(line) or places >= self._max_places
        delay = 0.0 if is_full else self._max_delay
        return _Batch(bucket, oldest.arrived, size, oldest.arrived + delay)

    def _forget_empty(self, bucket: Hashable) -> None:
        if not self._lines[bucket]:
            del self._lines[bucket]
