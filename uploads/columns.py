"""What every database can keep, told before it is asked: PostgreSQL refuses what SQLite takes."""

import math
import re
from collections.abc import Sequence
from typing import Any, Final

from django.db import models

MAX_LEVELS: Final = 32
"""How deep JSON in a column may be nested."""

_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_INTEGERS: Final = range(-(1 << 63), 1 << 64)
"""Those of 64 bits, with a sign or without."""


class Unstorable(ValueError):
    """A value that not every database can keep; the message names the column."""


def storable(text: str, length: int) -> str:
    """As much of a text as a column of this length holds, with U+FFFD for NUL and half surrogate
    pairs, which no database keeps."""
    return _UNSTORABLE.sub("\ufffd", text[:length])


def check(row: models.Model) -> None:
    """Looks at every text and every JSON of a row that is to be written.

    Raises:
        Unstorable: a text is too long for its column or holds a NUL or half a surrogate pair, or
            JSON is not plain.
    """
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(value, str) and not _fits(value, field.max_length):
            raise Unstorable(f"{field.name} holds a text that its column cannot keep.")
        if isinstance(field, models.JSONField) and not is_plain(value, levels=MAX_LEVELS):
            raise Unstorable(f"{field.name} holds what JSON in a column cannot.")


def is_plain(value: Any, *, levels: int, integers: range = _INTEGERS) -> bool:
    """Whether any database can keep a value as JSON: null, truth values, integers of this range,
    finite numbers and text without NUL and half surrogate pairs, in so many levels of lists and
    objects.

    Level by level, since what is too deep must not be walked by recursion.
    """
    level: Sequence[Any] = [value]
    for _ in range(levels):
        if not all(_is_plain_member(one, integers) for one in level):
            return False
        level = [inner for one in level for inner in _members(one)]
        if not level:
            return True
    return False


def _fits(text: str, length: int | None) -> bool:
    return (length is None or len(text) <= length) and not _UNSTORABLE.search(text)


def _is_plain_member(value: Any, integers: range) -> bool:
    match value:
        case None | bool() | list() | tuple():
            return True
        case str():
            return not _UNSTORABLE.search(value)
        case int():
            return value in integers
        case float():
            return math.isfinite(value)
        case dict():
            return all(isinstance(key, str) for key in value)
        case _:
            return False


def _members(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list | tuple) else ()
