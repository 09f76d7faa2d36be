"""What can be sent and kept anywhere, as text and as JSON."""

import enum
import functools
from typing import Any

import pytest

from strictjson.values import LEVELS, flaw, plain_text


class Rating(enum.IntEnum):
    """An integer of a kind of its own, as authors use them in results."""

    GOOD = 1


def nested(levels: int) -> Any:
    innermost: list[Any] = []
    return functools.reduce(lambda inner, _: [inner], range(levels - 1), innermost)


@pytest.mark.parametrize(
    "value",
    [
        None,
        {"a": [True, -1, 1.5, "é", "\\u0000", (1, 2)], "b": {}},
        (1 << 64) - 1,
        -(1 << 63),
        {"rating": Rating.GOOD},
        nested(LEVELS),
        [nested(LEVELS - 1), "beside"],
        {"a": {"b": 1}},
    ],
)
def test_json_that_everybody_reads_has_no_flaw(value: Any) -> None:
    assert flaw(value, 1000) is None


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("a\0", "text with NUL"),
        ({"a\0": 1}, "text with NUL"),
        ([{"a": "\ud800"}], "half a surrogate pair"),
        (float("nan"), "nan"),
        ([float("-inf")], "-inf"),
        (1 << 64, "64 bits"),
        (-(1 << 63) - 1, "64 bits"),
        (10**4000, "64 bits"),
        (b"a", "bytes"),
        ({1: 2}, "a name that is no text"),
        (nested(LEVELS + 1), "32 levels"),
        (nested(100_000), "32 levels"),
        ("a" * 1000, "1000 bytes"),
    ],
)
def test_a_flaw_is_told_in_a_few_words(value: Any, told: str) -> None:
    assert told in str(flaw(value, 1000))


@pytest.mark.timeout(10)
def test_a_list_that_stands_in_itself_a_million_times_over_is_not_walked() -> None:
    value: list[Any] = functools.reduce(lambda inner, _: [inner] * 100, range(LEVELS - 1), [1])
    assert flaw({"a": value}, 1000) == "more than 1000 bytes"


def test_a_text_is_cut_and_what_nobody_keeps_is_replaced() -> None:
    assert plain_text("a\0b\udcffc\n", 5) == "a\ufffdb\ufffdc"


@pytest.mark.parametrize("value", [[[1]], {"a": {"b": 1}}, ([],)])
def test_levels_are_those_of_lists_and_objects(value: Any) -> None:
    assert flaw(value, levels=2) is None
    assert flaw(value, levels=1) == "more than 1 levels"
