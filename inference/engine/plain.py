"""Texts and JSON that everybody who is sent them can read, and every store can keep."""

import json
import math
import re
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any, Final

from inference.engine.limits import JSON_LEVELS

_UNKEPT: Final = re.compile("[\0\ud800-\udfff]")
_LEAST_INTEGER: Final = -(1 << 63)
_LARGEST_INTEGER: Final = (1 << 64) - 1


def plain_text(text: str, length: int) -> str:
    """The first `length` characters, with U+FFFD for NUL and half surrogate pairs."""
    return _UNKEPT.sub("\ufffd", text[:length])


def message_of(error: BaseException) -> str:
    """What an exception says; empty where the code of its author cannot say it."""
    try:
        return str(error)
    except Exception:
        return ""


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
        # Every value takes a byte; a list that stands in itself many times is never written out.
        members = chain.from_iterable(_members(one) for one in level)
        level = list(islice(members, max_bytes + 1))
        if len(level) > max_bytes or (not level and len(json.dumps(value)) > max_bytes):
            return f"more than {max_bytes} bytes"
        if not level:
            return None
    return f"more than {JSON_LEVELS} levels"


def _flaw(value: Any) -> str | None:
    match value:
        case None | bool() | list() | tuple():
            return None
        case str():
            return "text with NUL or half a surrogate pair" if _UNKEPT.search(value) else None
        case int():
            fits = _LEAST_INTEGER <= value <= _LARGEST_INTEGER
            return None if fits else "an integer of more than 64 bits"
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
