"""What every database can keep, told before it is asked: PostgreSQL refuses what SQLite takes."""

from django.db import models

from strictjson.values import flaw, is_plain_text


class Unstorable(ValueError):
    """A value that not every database can keep; the message names the column."""


def check(row: models.Model, *names: str) -> None:
    """Looks at every text and every JSON of a row that is to be written, or at these columns.

    Raises:
        Unstorable: a text is too long for its column or holds a NUL or half a surrogate pair, or
            JSON is not plain.
    """
    for field in row._meta.concrete_fields:
        if names and field.attname not in names:
            continue
        value = getattr(row, field.attname)
        if isinstance(value, str) and not _fits(value, field.max_length):
            raise Unstorable(f"{field.name} holds a text that its column cannot keep.")
        if isinstance(field, models.JSONField) and flaw(value):
            raise Unstorable(f"{field.name} holds what JSON in a column cannot.")


def _fits(text: str, length: int | None) -> bool:
    return (length is None or len(text) <= length) and is_plain_text(text)
