"""When batches go out, by a clock that the test moves."""

import pytest

from inference.engine.batcher import Batcher


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def batcher(clock: Clock, size: int = 3, delay: float = 0.5) -> Batcher[str]:
    return Batcher(size, delay, clock)


def test_a_full_batch_goes_out_at_once_in_the_order_of_arrival(clock: Clock) -> None:
    line = batcher(clock)
    for item in "abcd":
        line.add(item, alone=False)
    assert line.take() == ["a", "b", "c"]
    assert line.take() == []


def test_a_batch_that_is_not_full_goes_out_when_its_oldest_has_waited_long_enough(
    clock: Clock,
) -> None:
    line = batcher(clock)
    line.add("a", alone=False)
    clock.now += 0.4
    line.add("b", alone=False)
    assert line.take() == []
    assert line.ready_at() == pytest.approx(100.5)
    clock.now += 0.1
    assert line.take() == ["a", "b"]
    assert line.ready_at() is None


def test_without_batching_every_item_goes_out_at_once(clock: Clock) -> None:
    line = batcher(clock, size=1, delay=60)
    line.add("a", alone=False)
    line.add("b", alone=False)
    assert line.take() == ["a"]
    assert line.take() == ["b"]


def test_a_suspect_goes_out_alone_and_never_waits_for_mates(clock: Clock) -> None:
    line = batcher(clock)
    line.add("a", alone=False)
    line.add("suspect", alone=True)
    line.add("b", alone=False)
    assert line.take() == ["suspect"]
    line.add("c", alone=False)
    assert line.take() == ["a", "b", "c"]


def test_of_two_ready_batches_the_one_with_the_oldest_item_goes_first(clock: Clock) -> None:
    line = batcher(clock)
    line.add("a", alone=False)
    clock.now += 0.2
    line.add("suspect", alone=True)
    clock.now += 0.5
    assert line.take() == ["a"]
    assert line.take() == ["suspect"]


def test_a_removed_item_leaves_its_mates_in_line(clock: Clock) -> None:
    line = batcher(clock)
    for item in "abc":
        line.add(item, alone=False)
    assert line.remove("b")
    assert not line.remove("b")
    clock.now += 0.5
    assert line.take() == ["a", "c"]


def test_draining_empties_the_line(clock: Clock) -> None:
    line = batcher(clock)
    line.add("a", alone=True)
    line.add("b", alone=False)
    assert line.drain() == ["a", "b"]
    assert line.ready_at() is None
