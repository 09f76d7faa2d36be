"""When a batch goes out, and with whom: the policy alone, with a clock from outside."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class _Waiting(Generic[T]):
    item: T
    arrived: float
    alone: bool


class Batcher(Generic[T]):
    """A line of items, taken out oldest first in batches.

    A batch is ready when it is full, when its oldest item has waited `max_delay` seconds, or when
    its one item is to be alone. `clock` tells the time in seconds.
    """

    def __init__(self, max_batch_size: int, max_delay: float, clock: Callable[[], float]) -> None:
        self._max_batch_size = max_batch_size
        self._max_delay = max_delay
        self._clock = clock
        self._line: list[_Waiting[T]] = []

    def add(self, item: T, *, alone: bool) -> None:
        """Put an item at the end of the line; `alone`: it goes out as a batch of one."""
        alone = alone or self._max_batch_size == 1
        self._line.append(_Waiting(item, self._clock(), alone))

    def remove(self, item: T) -> bool:
        """Take an item out of the line; False: it was not waiting."""
        kept = [waiting for waiting in self._line if waiting.item != item]
        removed = len(kept) < len(self._line)
        self._line = kept
        return removed

    def drain(self) -> list[T]:
        """Take everything out of the line."""
        drained, self._line = self._line, []
        return [waiting.item for waiting in drained]

    def take(self) -> list[T]:
        """Take out the batch that is ready, the one with the oldest item first; empty: none is."""
        now = self._clock()
        batch = min(
            (batch for batch in self._batches() if self._ready_at(batch) <= now),
            key=lambda batch: batch[0].arrived,
            default=[],
        )
        taken = {id(waiting) for waiting in batch}
        self._line = [waiting for waiting in self._line if id(waiting) not in taken]
        return [waiting.item for waiting in batch]

    def ready_at(self) -> float | None:
        """When the next batch is ready, by the clock; None: nothing waits."""
        return min((self._ready_at(batch) for batch in self._batches()), default=None)

    def _batches(self) -> list[list[_Waiting[T]]]:
        alone = [waiting for waiting in self._line if waiting.alone][:1]
        shared = [waiting for waiting in self._line if not waiting.alone][: self._max_batch_size]
        return [batch for batch in (alone, shared) if batch]

    def _ready_at(self, batch: list[_Waiting[T]]) -> float:
        oldest = batch[0]
        if oldest.alone or len(batch) == self._max_batch_size:
            return oldest.arrived
        return oldest.arrived + self._max_delay
