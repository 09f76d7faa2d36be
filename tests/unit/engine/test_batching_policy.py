"""When batches go out, by a clock that the test moves."""

from typing import Any

import pytest

from inference.engine.batcher import ALONE, Batcher


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


def add(line: Batcher[str], items: str, bucket: Any = "image") -> None:
    for item in items:
        line.add(item, bucket=bucket)


def test_a_full_batch_goes_out_at_once_in_the_order_of_arrival(clock: Clock) -> None:
    line = batcher(clock)
    add(line, "abcd")
    assert line.take() == ["a", "b", "c"]
    assert line.take() == []


def test_a_batch_that_is_not_full_goes_out_when_its_oldest_has_waited_long_enough(
    clock: Clock,
) -> None:
    line = batcher(clock)
    add(line, "a")
    clock.now += 0.4
    add(line, "b")
    assert line.take() == []
    assert line.ready_at() == pytest.approx(100.5)
    clock.now += 0.1
    assert line.take() == ["a", "b"]
    assert line.ready_at() is None


@pytest.mark.parametrize("size", [0, 1])
def test_without_batching_every_item_goes_out_at_once(clock: Clock, size: int) -> None:
    line = batcher(clock, size=size, delay=60)
    add(line, "ab")
    assert line.take() == ["a"]
    assert line.take() == ["b"]


def test_a_suspect_goes_out_alone_and_never_waits_for_mates(clock: Clock) -> None:
    line = batcher(clock)
    add(line, "a")
    line.add("suspect", bucket=ALONE)
    add(line, "b")
    assert line.take() == ["suspect"]
    add(line, "c")
    assert line.take() == ["a", "b", "c"]


def test_of_two_ready_batches_the_one_with_the_oldest_item_goes_first(clock: Clock) -> None:
    line = batcher(clock)
    add(line, "a")
    clock.now += 0.2
    line.add("suspect", bucket=ALONE)
    clock.now += 0.5
    assert line.take() == ["a"]
    assert line.take() == ["suspect"]


def test_items_of_different_buckets_never_share_a_batch(clock: Clock) -> None:
    line = batcher(clock)
    for item, bucket in zip("aAbBc", "sSsSs", strict=True):
        line.add(item, bucket=bucket)
    assert line.take() == ["a", "b", "c"]
    assert line.take() == []
    clock.now += 0.5
    assert line.take() == ["A", "B"]


def test_a_bucket_that_fills_up_goes_out_before_an_older_one_that_may_still_wait(
    clock: Clock,
) -> None:
    line = batcher(clock)
    add(line, "a", bucket="small")
    clock.now += 0.1
    add(line, "ABC", bucket="large")
    assert line.take() == ["A", "B", "C"]
    assert line.ready_at() == pytest.approx(100.5)


def test_an_item_of_several_places_is_never_split_nor_overtaken(clock: Clock) -> None:
    line = batcher(clock, size=4)
    for item, places in (("a", 1), ("bb", 2), ("ccc", 3), ("d", 1)):
        line.add(item, bucket="image", places=places)
    assert line.take() == ["a", "bb"]
    assert line.take() == ["ccc", "d"]


def test_an_item_that_is_a_batch_by_itself_goes_out_at_once(clock: Clock) -> None:
    line = batcher(clock, size=4)
    line.add("aaaa", bucket="image", places=4)
    line.add("b", bucket="image")
    assert line.take() == ["aaaa"]
    assert line.take() == []


def test_a_removed_item_leaves_its_mates_in_line(clock: Clock) -> None:
    line = batcher(clock)
    add(line, "abc")
    assert line.remove("b")
    assert not line.remove("b")
    assert len(line) == 2
    clock.now += 0.5
    assert line.take() == ["a", "c"]


def test_draining_empties_every_line_oldest_first(clock: Clock) -> None:
    line = batcher(clock)
    line.add("a", bucket=ALONE)
    clock.now += 0.1
    add(line, "b", bucket="one")
    clock.now += 0.1
    add(line, "c", bucket="other")
    clock.now += 0.1
    add(line, "d", bucket="one")
    assert len(line) == 4
    assert line.drain() == ["a", "b", "c", "d"]
    assert line.ready_at() is None
    assert len(line) == 0


def test_what_is_not_wanted_now_stays_and_keeps_its_place(clock: Clock) -> None:
    line = batcher(clock)
    add(line, "aBcDeF")
    assert line.take(str.isupper) == ["B", "D", "F"]
    assert line.ready_at(str.isupper) is None
    assert line.take() == ["a", "c", "e"]
    assert len(line) == 0


def test_what_comes_back_is_first_and_has_waited_since_it_came(clock: Clock) -> None:
    line = batcher(clock, size=4)
    add(line, "ab")
    came = clock.now
    clock.now += 0.5
    assert line.take() == ["a", "b"]
    add(line, "cd")
    line.add("b", bucket="image", arrived=came)
    assert line.take() == ["b", "c", "d"]
