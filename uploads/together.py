"""Calls of several threads that are done together: what waits for one turn has the next in common.

As databases commit in groups: while one commit waits for the disk others come, and a single one is
enough for all of them. Alone nobody waits for anybody.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class _Call(Generic[T, R]):
    """One thread's call, until it is settled or its thread has the turn."""

    def __init__(self, asked: T) -> None:
        self.asked: Final = asked
        self.woken: Final = threading.Event()
        self.answer: R | None = None
        self.error: BaseException | None = None
        self.is_settled = False

    def settle(self, answer: R) -> None:
        self.answer, self.is_settled = answer, True
        self.woken.set()

    def fail(self, error: BaseException) -> None:
        self.error, self.is_settled = error, True
        self.woken.set()


class Together(Generic[T, R]):
    """Does what several threads ask for by one call; each gets its own answer, or its own error."""

    def __init__(
        self,
        do: Callable[[Sequence[T]], Sequence[R]],
        *,
        shared: tuple[type[Exception], ...],
        size: Callable[[T], int] = lambda asked: 1,
        most: int,
    ) -> None:
        """Does by `do` what has come, in the order in which it came, of a `size` of `most` in all.

        `do` does all of it or nothing. Where it fails for several they are done one by one, so
        that nobody fails for another's sake; an error of a kind in `shared` says nothing of what
        was asked for, and is everybody's at once.
        """
        self._do = do
        self._shared = shared
        self._size = size
        self._most = most
        self._lock = threading.Lock()
        self._waiting: list[_Call[T, R]] = []
        self._is_busy = False

    def call(self, asked: T) -> R:
        """Does it, with what others ask for meanwhile.

        Raises:
            Exception: what `do` raised for this.
        """
        mine: _Call[T, R] = _Call(asked)
        with self._lock:
            self._waiting.append(mine)
            waits, self._is_busy = self._is_busy, True
        if waits:
            mine.woken.wait()
        if not mine.is_settled:
            self._take_turn()
        if mine.error is not None:
            raise mine.error
        return mine.answer  # type: ignore[return-value]  # it is settled

    def _take_turn(self) -> None:
        """Does what waits, this thread's own first of all, and gives the turn to who came since."""
        with self._lock:
            calls = self._next()
        try:
            self._settle(calls)
        except BaseException as error:
            for one in calls:
                if not one.is_settled:
                    one.fail(error)
            raise
        finally:
            with self._lock:
                if self._waiting:
                    self._waiting[0].woken.set()
                else:
                    self._is_busy = False

    def _next(self) -> list[_Call[T, R]]:
        """As many as may be done at once; at least one."""
        size = 0
        for count, one in enumerate(self._waiting):
            size += self._size(one.asked)
            if count and size > self._most:
                break
        else:
            count = len(self._waiting)
        calls, self._waiting = self._waiting[:count], self._waiting[count:]
        return calls

    def _settle(self, calls: Sequence[_Call[T, R]]) -> None:
        try:
            answers = self._do([one.asked for one in calls])
        except self._shared as error:
            for one in calls:
                one.fail(error)
        except Exception as error:
            if len(calls) == 1:
                calls[0].fail(error)
            else:
                for one in calls:
                    self._settle([one])
        else:
            for one, answer in zip(calls, answers, strict=True):
                one.settle(answer)
