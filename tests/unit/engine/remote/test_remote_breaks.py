"""Photos over which a server goes away again and again are known by their own contents."""

from typing import Any

from inference.remote.breaks import Breaks


def batch(*rows: bytes) -> Any:
    size = len(rows[0])
    return [{"name": "x", "datatype": "UINT8", "shape": [len(rows), size], "data": b"".join(rows)}]


def test_an_item_is_known_again_in_another_batch() -> None:
    breaks = Breaks()
    assert not breaks.add(batch(b"good", b"evil"))
    assert not breaks.add(batch(b"evil", b"fine"))
    assert not breaks.add(batch(b"good"))
    assert breaks.add(batch(b"okay", b"else", b"evil"))


def test_the_same_row_twice_in_a_batch_counts_once() -> None:
    breaks = Breaks()
    assert not breaks.add(batch(b"evil", b"evil", b"evil"))
    assert not breaks.add(batch(b"evil", b"evil"))
    assert breaks.add(batch(b"evil"))


def test_tensors_without_rows_in_common_are_one_item() -> None:
    breaks = Breaks()
    one = [*batch(b"a", b"b"), {"name": "y", "datatype": "UINT8", "shape": [], "data": b"z"}]
    assert [breaks.add(one) for _ in range(3)] == [False, False, True]
    assert not breaks.add(batch(b"a", b"b"))
