"""JSON as RFC 8259 has it, and nothing beyond."""

import re

import pytest

from strictjson.parse import MAX_LEVELS, loads


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{}", {}),
        ("1e300", 1e300),
        ("[1, -2.5]", [1, -2.5]),
        ('"\\u00e9"', "é"),
        ("null", None),
        ("\ufeff{}", {}),
    ],
)
def test_json_is_read(text: str, value: object) -> None:
    assert loads(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NaN",
        "[Infinity]",
        '{"a": -Infinity}',
        "1e999",
        "-1e999",
        "{",
        "'a'",
        "[1,]",
        "9" * 5000,
        '{"a": 1, "a": 1}',
        "\ufeff\ufeff1",
    ]
    + ["[" * depth + "]" * depth for depth in (5_000, 100_000)],
)
def test_what_is_not_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        loads(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": [{"b": 1, "c": 2, "b": 3}]}', 'the key "b" stands in one object twice'),
        ("[NaN]", "NaN is not a number that JSON has"),
        ("1e999", "1e999 is not a number that JSON has"),
        ("9" * 5000, "a number of 5000 digits is too long"),
        ("[" * 100_000, "it is nested too deeply"),
        ("[1,\n x]", "expecting value at line 2, column 2"),
    ],
)
def test_why_it_is_not_json_is_said(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        loads(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * MAX_LEVELS + "]" * MAX_LEVELS,
        '{"a":' * MAX_LEVELS + "1" + "}" * MAX_LEVELS,
        '["' + "[{" * 1000 + '"]',
        '["\\"' + "[{" * 1000 + '\\\\", []]',
        "[" + ",".join(["[]"] * 1000) + "]",
    ],
)
def test_many_brackets_that_are_not_nested_too_deeply_are_read(text: str) -> None:
    assert loads(text) is not None


@pytest.mark.parametrize("opened", ["[", '{"a":', '[{"a":', '["]]", '])
def test_what_is_too_deep_is_refused_long_before_the_stack_ends(opened: str) -> None:
    for levels in (MAX_LEVELS + 1, 500, 50_000):
        with pytest.raises(ValueError, match="nested too deeply"):
            loads(opened * levels)


def test_a_key_that_stands_twice_among_very_many_is_found_at_once() -> None:
    text = "{" + ",".join(f'"{n}": 1' for n in range(200_000)) + ', "199999": 1}'
    with pytest.raises(ValueError, match="199999"):
        loads(text)
