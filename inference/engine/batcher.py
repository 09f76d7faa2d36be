"""When a batch goes out, and with whom: the policy alone, with a clock from outside."""

from collections import deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

T = TypeVar("T")

ALONE: Final = object()
"""The bucket of what shares its batch with nobody."""


@dataclass(frozen=True, eq=False)
class _Waiting(Generic[T]):
    item: T
    arrived: float
    places: int


@dataclass(frozen=True)
class _Batch(Generic[T]):
    bucket: Hashable
    oldest: float
    waiting: list[_Waiting[T]]
    ready_at: float


def _any(_item: object) -> bool:
    return True


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
        self._waiting = 0

    def __len__(self) -> int:
        """How many items wait."""
        return self._waiting

    def add(
        self, item: T, *, bucket: Hashable, places: int = 1, arrived: float | None = None
    ) -> None:
        """Put an item at the end of its bucket's line; in `ALONE` it shares with none.

        What comes back, having `arrived` before by the clock, goes to the head of its line.
        """
        bucket = bucket if self._max_places > 1 else ALONE
        line = self._lines.setdefault(bucket, deque())
        self._waiting += 1
        if arrived is None:
            line.append(_Waiting(item, self._clock(), places))
        else:
            line.appendleft(_Waiting(item, arrived, places))

    def remove(self, item: T) -> bool:
        """Take an item out of its line; False: it was not waiting."""
        for bucket, line in self._lines.items():
            for waiting in line:
                if waiting.item == item:
                    line.remove(waiting)
                    self._waiting -= 1
                    self._forget_empty(bucket)
                    return True
        return False

    def drain(self) -> list[T]:
        """Take everything out, the oldest first."""
        lines, self._lines, self._waiting = self._lines, {}, 0
        drained = (waiting for line in lines.values() for waiting in line)
        return [waiting.item for waiting in sorted(drained, key=lambda waiting: waiting.arrived)]

    def take(self, wanted: Callable[[T], bool] = _any) -> list[T]:
        """Take out the batch that is ready, the one with the oldest item first; empty: none is.

        Of `wanted` items alone, as if the others were not there.
        """
        now = self._clock()
        ready = (batch for batch in self._batches(wanted) if batch.ready_at <= now)
        batch = min(ready, key=lambda batch: batch.oldest, default=None)
        if batch is None:
            return []
        for waiting in batch.waiting:
            self._lines[batch.bucket].remove(waiting)
        self._waiting -= len(batch.waiting)
        self._forget_empty(batch.bucket)
        return [waiting.item for waiting in batch.waiting]

    def ready_at(self, wanted: Callable[[T], bool] = _any) -> float | None:
        """When the next batch of `wanted` items is ready, by the clock; None: none waits."""
        return min((batch.ready_at for batch in self._batches(wanted)), default=None)

    def _batches(self, wanted: Callable[[T], bool]) -> Iterator[_Batch[T]]:
        """The first batch of each bucket, as it would go out now."""
        for bucket, line in self._lines.items():
            if first := self._first(bucket, line, wanted):
                yield first

    def _first(
        self, bucket: Hashable, line: deque[_Waiting[T]], wanted: Callable[[T], bool]
    ) -> _Batch[T] | None:
        most = 1 if bucket is ALONE else self._max_places
        batch: list[_Waiting[T]] = []
        places, is_full = 0, False
        for waiting in line:
            if not wanted(waiting.item):
                continue
            is_full = bool(batch) and places + waiting.places > most
            if is_full:
                break
            batch.append(waiting)
            places += waiting.places
        if not batch:
            return None
        oldest = batch[0].arrived
        waits = not is_full and places < most
        return _Batch(bucket, oldest, batch, oldest + (self._max_delay if waits else 0.0))

    def _forget_empty(self, bucket: Hashable) -> None:
        if not self._lines[bucket]:
            del self._lines[bucket]
