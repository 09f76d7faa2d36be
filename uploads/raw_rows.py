"""Rows for raw SQL, read and written as the model's own fields do it.

The ORM compiles its SQL anew for every call. In the hottest statements (claims, endings, events)
that costs several times what the database takes, so their SQL is written out, and values pass
through here.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models

M = TypeVar("M", bound=models.Model)

ROWS_A_STATEMENT: Final = 500
"""A list of values has at most so many rows: databases bound the number of parameters."""

_PLAIN: Final = (
    *(models.CharField, models.TextField, models.BooleanField, models.IntegerField),
    *(models.FloatField, models.ForeignKey),
)
_AS_THEY_ARE: Final = frozenset({str, int, bool, float, type(None)})
"""Of these types, columns of those kinds store values as they are: no field needs to be asked."""


class Columns(Generic[M]):
    """Some columns of a model, in the model's order; by default all of them."""

    def __init__(self, model: type[M], *names: str) -> None:
        self._model = model
        self._fields = [
            field for field in model._meta.concrete_fields if not names or field.attname in names
        ]
        self.table: Final = model._meta.db_table
        self.names: Final = [field.attname for field in self._fields]
        self._key = model._meta.pk

    def __len__(self) -> int:
        return len(self.names)

    def listed(self, alias: str = "") -> str:
        """For after SELECT or RETURNING, of the table with this alias."""
        prefix = f"{alias}." if alias else ""
        return ", ".join(f"{prefix}{field.column}" for field in self._fields)

    def assigned(self, source: str) -> str:
        """For after SET: each column but the first from the one of its name in `source`."""
        return ", ".join(f"{field.column} = {source}.{field.column}" for field in self._fields[1:])

    def read(self, rows: Iterable[Sequence[Any]]) -> list[M]:
        """Rows of these columns as instances; what is not among them is read when asked for."""
        connection = _connection()
        found = []
        for row in rows:
            values = list(row)
            for place, column, call in self._converters:
                values[place] = call(values[place], column, connection)
            found.append(self._model.from_db(connection.alias, self.names, values))
        return found

    @cached_property
    def _converters(self) -> list[tuple[int, Any, Any]]:
        """What is done to the values at which places: known with the first connection."""
        connection = _connection()
        return [
            (place, field.cached_col, call)
            for place, field in enumerate(self._fields)
            for call in (
                *connection.ops.get_db_converters(field.cached_col),
                *field.cached_col.get_db_converters(connection),
            )
        ]

    def given(self, rows: Sequence[M]) -> tuple[str, list[Any]]:
        """Rows as a query of these columns, and its parameters."""
        return _given(rows, self._fields)

    def insert(self, rows: Sequence[M]) -> None:
        """Inserts rows; where they have no ids they get theirs."""
        fields = self._fields
        if rows[0].pk is None:
            fields = [field for field in fields if field is not self._key]
        names = ", ".join(f'"{field.column}"' for field in fields)
        connection = _connection()
        with connection.cursor() as cursor:
            for some in chunks(rows):
                query, values = _given(some, fields)
                cursor.execute(
                    f'INSERT INTO "{self.table}" ({names}) {query} '  # names are ours
                    f'RETURNING "{self._key.column}"',
                    values,
                )
                for row, (pk,) in zip(some, cursor.fetchall(), strict=True):
                    row.pk = pk
                    row._state.adding = False  # noqa: SLF001  # as Django's own inserts do
                    row._state.db = connection.alias  # noqa: SLF001


def _given(rows: Sequence[models.Model], fields: Sequence[Any]) -> tuple[str, list[Any]]:
    """On PostgreSQL they are one parameter, in JSON: adapting each value took the driver longer
    than the server took for the row, and the statement is the same for any number of rows, so that
    it is planned once."""
    connection = _connection()
    if connection.vendor != "postgresql":
        return f"VALUES {places(len(fields), len(rows))}", _values(rows, fields)
    record = ", ".join(f'"{field.column}" {field.db_type(connection)}' for field in fields)
    named = [(field.column, field.attname) for field in fields]
    document = [{column: getattr(row, name) for column, name in named} for row in rows]
    return (
        f"SELECT * FROM jsonb_to_recordset(%s::jsonb) AS given({record})",  # noqa: S608  # likewise
        [json.dumps(document, default=_in_json)],
    )


def _in_json(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(f"A column cannot be given {type(value).__name__}.")


def _values(rows: Iterable[models.Model], fields: Sequence[Any]) -> list[Any]:
    connection = _connection()
    ways = [(field.attname, isinstance(field, _PLAIN), field) for field in fields]
    return [
        value
        if is_plain and type(value) in _AS_THEY_ARE
        else field.get_db_prep_save(value, connection)
        for row in rows
        for name, is_plain, field in ways
        for value in (getattr(row, name),)
    ]


def places(columns: int, rows: int) -> str:
    """For after VALUES: the places of so many rows of so many columns."""
    row = f"({', '.join(['%s'] * columns)})"
    return ", ".join([row] * rows)


def chunks(rows: Sequence[M]) -> Iterable[Sequence[M]]:
    """The rows in as few parts as statements may have."""
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        yield rows[start : start + ROWS_A_STATEMENT]


def _connection() -> Any:
    """This thread's own: Django's `connection` looks for it anew at every mention."""
    return connections[DEFAULT_DB_ALIAS]
