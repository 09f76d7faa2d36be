"""Texts and JSON that everybody who is sent them can read, and every store can keep."""

import json
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from inference.engine.limits import JSON_LEVELS

_UNKEPT: Final = re.compile("[\0\ud800-\udfff]")
_INTEGERS: Final = range(-(1 << 63), 1 << 64)


def plain_text(text: str, length: int) -> str:
    """The first `length` characters, with U+FFFD for NUL and half surrogate pairs."""
    return _UNKEPT.sub("\ufffd", text[:length])


def flaw(value: Any, max_bytes: int) -> str | None:
    """What is wrong with a value as JSON, in a few words; None: nothing.

    It may hold null, truth values, integers of 64 bits, finite numbers and text without NUL and
    half surrogate pairs, in at most `JSON_LEVELS` levels of lists and objects.
    """
    # Level by level, since what is too deep must not be walked by recursion.
    level: Sequence[Any] = [value]
    for _ in range(JSON_LEVELS):
        found = next((wrong for one in level if (wrong := _flaw(one))), None)
        if found:
            return found
        level = [inner for one in level for inner in _members(one)]
        if not level:
            size = len(json.dumps(value))
            return f"more than {max_bytes} bytes" if size > max_bytes else None
    return f"more than {JSON_LEVELS} levels"


def _flaw(value: Any) -> str | None:
    match value:
        case None | bool() | list() | tuple():
            return None
        case str():
            return "text with NUL or half a surrogate pair" if _UNKEPT.search(value) else None
        case int():
            return None if value in _INTEGERS else "an integer of more than 64 bits"
        case float():
            return None if math.isfinite(value) else f"{value}, which is no number in JSON"
        case dict():
            return None if all(isinstance(key, str) for key in value) else "a name that is no text"
        case _:
            return f"{type(value).__name__}, which JSON does not have"


def _members(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list | tuple) else ()
