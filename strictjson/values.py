"""Texts and JSON that everybody who is sent them can read, and every database can keep."""

import json
import math
import re
from collections.abc import Sequence
from itertools import chain, islice
from typing import Any, Final

LEVELS: Final = 32
"""How deep JSON that is kept may be nested: a result, a schema."""
SIGNED_64_BITS: Final = range(-(1 << 63), 1 << 63)
ANY_64_BITS: Final = range(-(1 << 63), 1 << 64)
"""With a sign or without."""

_HOLDERS: Final = (dict, list, tuple)
_FLAWLESS: Final = frozenset({type(None), bool, list, tuple})
_UNKEPT: Final = re.compile("[\0\ud800-\udfff]")


def plain_text(text: str, length: int) -> str:
    """The first `length` characters, with U+FFFD for NUL and half surrogate pairs."""
    return _UNKEPT.sub("\ufffd", text[:length])


def is_plain_text(text: str) -> bool:
    """Whether it is free of NUL, which no database keeps, and of half surrogate pairs."""
    # Nearly every text is ASCII, of which Python knows it.
    return "\0" not in text if text.isascii() else not _UNKEPT.search(text)


def flaw(
    value: Any,
    max_bytes: int | None = None,
    *,
    levels: int = LEVELS,
    integers: range = ANY_64_BITS,
) -> str | None:
    """What is wrong with a value as JSON, in a few words; None: nothing.

    It may hold null, truth values, these integers, finite numbers and text without NUL and half
    surrogate pairs, in at most so many levels of lists and objects.
    """
    # Level by level, since what is too deep must not be walked by recursion.
    level: Sequence[Any] = [value]
    for depth in range(levels + 1):
        try:
            holders = _holders(level, integers)
        except _Flawed as flawed:
            return str(flawed)
        if not holders:
            break
        if depth == levels:
            return f"more than {levels} levels"
        # Every value takes a byte; a list that stands in itself many times is never written out.
        most = None if max_bytes is None else max_bytes + 1
        level = list(islice(chain.from_iterable(map(_members, holders)), most))
        if max_bytes is not None and len(level) > max_bytes:
            return f"more than {max_bytes} bytes"
    if max_bytes is not None and len(json.dumps(value)) > max_bytes:
        return f"more than {max_bytes} bytes"
    return None


class _Flawed(Exception):
    """What is wrong with a value, in a few words."""


def _holders(level: Sequence[Any], integers: range) -> list[Any]:
    """Those of these values that hold others.

    Raises:
        _Flawed: something is wrong with one of them.
    """
    holders = []
    for one in level:
        kind = type(one)
        # Most are texts of this kind, which are many for each photo.
        if kind is str and one.isascii() and "\0" not in one:
            continue
        if kind not in _FLAWLESS and (wrong := _flaw(one, integers)):
            raise _Flawed(wrong)
        if isinstance(one, _HOLDERS):
            holders.append(one)
    return holders


def _flaw(value: Any, integers: range) -> str | None:
    match value:
        case None | bool() | list() | tuple():
            return None
        case str():
            return None if is_plain_text(value) else "text with NUL or half a surrogate pair"
        case int():
            fits = integers[0] <= value <= integers[-1]
            return None if fits else "an integer of more than 64 bits"
        case float():
            return None if math.isfinite(value) else f"{value}, which is no number in JSON"
        case dict():
            return None if all(isinstance(key, str) for key in value) else "a name that is no text"
        case _:
            return f"{type(value).__name__}, which JSON does not have"


def _members(value: Any) -> Sequence[Any]:
    return [*value.keys(), *value.values()] if isinstance(value, dict) else value
