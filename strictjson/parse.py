"""Reading JSON as RFC 8259 has it, and nothing beyond."""

import json
import math
import re
from typing import Any, Final

MAX_LEVELS: Final = 128
"""How deep JSON may be nested to be read. The parser recurses once a level: what reached Python's
recursion limit would leave no room for whatever is finalized there."""

_STRING_OR_BRACKET: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)


class NotUtf8(ValueError):
    """The JSON is in another encoding, which the message names."""


def loads(text: str) -> Any:
    """What a JSON text says; a byte order mark before it says nothing.

    Other threads run while a large text is read: the functions called for its numbers let them.

    Raises:
        ValueError: it is not JSON by RFC 8259 (which has no NaN and no infinity), names a
            key of an object twice, holds a number that no float can, or is nested deeper than
            `MAX_LEVELS`. The error's text says which.
    """
    if _is_too_deep(text):
        raise ValueError("it is nested too deeply")
    try:
        return json.loads(
            text.removeprefix("\ufeff"),
            parse_constant=_refuse_number,
            parse_float=_finite,
            parse_int=_integer,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"{error.msg[:1].lower()}{error.msg[1:]} at {place}") from None


def decoded(body: bytes) -> str:
    """The text of a JSON body, which is UTF-8 whatever its sender claims.

    Raises:
        NotUtf8: it is JSON in another encoding, by the pattern of its first bytes.
        ValueError: it is no text in UTF-8.
    """
    encoding = json.detect_encoding(body)
    if not encoding.startswith("utf-8"):
        raise NotUtf8(f"JSON in {encoding.upper()}: send it in UTF-8")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise ValueError("it is no text in UTF-8") from None


def _is_too_deep(text: str) -> bool:
    if text.count("[") + text.count("{") <= MAX_LEVELS:
        return False
    level = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        bracket = found[0]
        if bracket in "[{":
            level += 1
            if level > MAX_LEVELS:
                return True
        elif bracket in "]}":
            level -= 1
    return False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the key {json.dumps(name[:100])} stands in one object twice")
        found[name] = value
    return found


def _integer(digits: str) -> int:
    try:
        return int(digits)
    except ValueError:
        raise ValueError(f"a number of {len(digits)} digits is too long") from None


def _refuse_number(text: str) -> float:
    raise ValueError(f"{text[:20]} is not a number that JSON has")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_number(text)
