"""JSON as RFC 8259 has it, and nothing beyond."""

import pytest

from uploads.api.parsing import plain_json


@pytest.mark.parametrize(
    ("text", "value"),
    [("{}", {}), ("1e300", 1e300), ("[1, -2.5]", [1, -2.5]), ('"\\u00e9"', "é"), ("null", None)],
)
def test_json_is_read(text: str, value: object) -> None:
    assert plain_json(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "NaN", "[Infinity]", '{"a": -Infinity}', "1e999", "-1e999", "{", "'a'", "[1,]", "9" * 5000]
    + ["[" * depth + "]" * depth for depth in (5_000, 100_000)],
)
def test_what_is_not_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        plain_json(text)
