"""Calls of several threads that are done together."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import Any

import pytest

from tests.darkroom import until
from uploads.together import Together


class Away(Exception):
    """What says nothing of what was asked for."""


class Desk:
    """Doubles numbers; a negative one it refuses, and it can be kept waiting."""

    def __init__(self) -> None:
        self.open = Event()
        self.is_away = False
        self.done: list[Sequence[int]] = []

    def double(self, numbers: Sequence[int]) -> list[int]:
        self.done.append(numbers)
        self.open.wait(30)
        if self.is_away:
            raise Away
        if any(number < 0 for number in numbers):
            raise ValueError(f"negative: {numbers}")
        return [2 * number for number in numbers]


def _wait(together: Together[int, int], count: int) -> bool:
    return len(together._waiting) == count


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def together(desk: Desk) -> Together[int, int]:
    return Together(desk.double, shared=(Away,), size=abs, most=100)


@pytest.fixture
def asked(desk: Desk, together: Together[int, int]) -> Iterator[Callable[..., list[Future[Any]]]]:
    """Asks for one number, and while that is done for others, in their order; all are settled."""
    with ThreadPoolExecutor(10) as threads:

        def ask(first: int, *others: int) -> list[Future[Any]]:
            futures = [threads.submit(together.call, first)]
            until(lambda: desk.done, "the first is being done")
            for count, number in enumerate(others, start=1):
                futures.append(threads.submit(together.call, number))
                until(partial(_wait, together, count), "it waits")
            desk.open.set()
            for future in futures:
                future.exception(30)
            return futures

        yield ask


def test_what_comes_while_one_is_done_is_done_together(desk: Desk, asked: Any) -> None:
    answers = [future.result() for future in asked(1, 2, 3, 4)]
    assert answers == [2, 4, 6, 8]
    assert desk.done == [[1], [2, 3, 4]]


def test_nobody_fails_for_anothers_sake(desk: Desk, asked: Any) -> None:
    _, two, bad, four = asked(1, 2, -3, 4)
    assert (two.result(), four.result()) == (4, 8)
    with pytest.raises(ValueError, match=r"negative: \[-3\]"):
        bad.result()
    assert desk.done == [[1], [2, -3, 4], [2], [-3], [4]]


def test_what_says_nothing_of_a_call_fails_all_of_them_at_once(desk: Desk, asked: Any) -> None:
    desk.is_away = True
    for future in asked(1, 2, 3):
        assert isinstance(future.exception(), Away)
    assert desk.done == [[1], [2, 3]]


def test_only_so_much_is_done_at_a_time(desk: Desk, asked: Any) -> None:
    answers = [future.result() for future in asked(1, 60, 40, 1, 300, 5)]
    assert answers == [2, 120, 80, 2, 600, 10]
    assert desk.done == [[1], [60, 40], [1], [300], [5]]


def test_a_turn_is_passed_on_after_a_failure(
    desk: Desk, together: Together[int, int], asked: Any
) -> None:
    asked(-1, -2)
    assert together.call(5) == 10
