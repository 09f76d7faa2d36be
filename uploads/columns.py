"""What every database can keep, told before it is asked: PostgreSQL refuses what SQLite takes."""

from functools import cache
from typing import Final

from django.db import models

from strictjson.values import flaw, is_plain_text

_WITHOUT_TEXT: Final = (
    *(models.BooleanField, models.IntegerField, models.FloatField, models.DateTimeField),
    models.UUIDField,
)


class Unstorable(ValueError):
    """A value that not every database can keep; the message names the column."""


def check(row: models.Model, *names: str) -> None:
    """Looks at every text and every JSON of a row that is to be written, or at these columns.

    Raises:
        Unstorable: a text is too long for its column or holds a NUL or half a surrogate pair, or
            JSON is not plain.
    """
    for name, length, is_json in _columns(type(row), names):
        value = getattr(row, name)
        if isinstance(value, str) and not _fits(value, length):
            raise Unstorable(f"{name} holds a text that its column cannot keep.")
        if is_json and flaw(value):
            raise Unstorable(f"{name} holds what JSON in a column cannot.")


@cache
def _columns(
    model: type[models.Model], names: tuple[str, ...]
) -> list[tuple[str, int | None, bool]]:
    """A model's columns that may hold texts or JSON, of all or of those of these names: a text's
    longest, and whether it is JSON."""
    return [
        (field.attname, field.max_length, isinstance(field, models.JSONField))
        for field in model._meta.concrete_fields
        if not isinstance(field, _WITHOUT_TEXT) and (not names or field.attname in names)
    ]


def _fits(text: str, length: int | None) -> bool:
    return (length is None or len(text) <= length) and is_plain_text(text)
