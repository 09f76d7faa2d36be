"""Rows for raw SQL, read and written as the model's own fields do it.

The ORM compiles its SQL anew for every call. In the hottest statements (claims, endings, events)
that costs several times what the database takes, so their SQL is written out, and values pass
through here.
"""

from collections.abc import Iterable, Sequence
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
        """For after SET: each column but the first from the one of its name in `source`.

        PostgreSQL takes a list of values for text where all of a column are null.
        """
        connection = _connection()
        is_typed = connection.vendor == "postgresql"
        return ", ".join(
            f"{field.column} = CAST({source}.{field.column} AS {field.db_type(connection)})"
            if is_typed
            else f"{field.column} = {source}.{field.column}"
            for field in self._fields[1:]
        )

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

    def values(self, rows: Iterable[M]) -> list[Any]:
        """The parameters for `places`, row by row."""
        return _values(rows, self._fields)

    def insert(self, rows: Sequence[M]) -> None:
        """Inserts rows; where they have no ids they get theirs."""
        fields = self._fields
        if rows[0].pk is None:
            fields = [field for field in fields if field is not self._key]
        names = ", ".join(f'"{field.column}"' for field in fields)
        connection = _connection()
        with connection.cursor() as cursor:
            for some in chunks(rows):
                cursor.execute(
                    f'INSERT INTO "{self.table}" ({names}) '  # noqa: S608  # names are ours
                    f'VALUES {places(len(fields), len(some))} RETURNING "{self._key.column}"',
                    _values(some, fields),
                )
                for row, (pk,) in zip(some, cursor.fetchall(), strict=True):
                    row.pk = pk
                    row._state.adding = False  # noqa: SLF001  # as Django's own inserts do
                    row._state.db = connection.alias  # noqa: SLF001

    def places(self, count: int) -> str:
        """For after VALUES: the places of so many rows."""
        return places(len(self._fields), count)


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
