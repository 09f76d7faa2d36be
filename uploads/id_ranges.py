"""Which ids a table's rows of a time have, where ids rise with time and no index has the time.

Written as SQL, since the ORM has no recursive queries: a binary search on the primary key reads
some twenty rows, however many there are.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Q, Subquery

SLACK: Final = timedelta(minutes=10)
"""Ids rise with time but for transactions that took long and clocks that were set."""

_NONE: Final = -1
_MIDDLE: Final = "((low + high) / 2)"


class Dated(NamedTuple):
    """A table, and the lookup of the time that its ids rise with."""

    table: Any
    by: str


def between(by: str, begin: datetime | None, end: datetime | None) -> Q:
    """Rows whose time, the value of a lookup, is from `begin` until before `end`, where given."""
    bounds = {f"{by}__gte": begin, f"{by}__lt": end}
    return Q(**{lookup: moment for lookup, moment in bounds.items() if moment is not None})


class End(NamedTuple):
    """The first or the last row of a table."""

    pk: Any
    time: datetime


def ends_of(table: Any, by: str, *, by_key: bool) -> tuple[End, End] | None:
    """Its first and its last row, by its keys or by its time; None: it is empty. One query."""
    rows = table.objects.order_by("pk" if by_key else by)
    # By their keys, since a join may be read from its other side and sorted.
    keys = [Subquery(one.values("pk")[:1]) for one in (rows, rows.reverse())]
    first, last = (table.objects.filter(pk=key).order_by().values_list("pk", by) for key in keys)
    found = [End(*row) for row in first.union(last, all=True)]
    place = attrgetter("pk" if by_key else "time")
    return (min(found, key=place), max(found, key=place)) if found else None


def id_ranges(
    dated: Sequence[Dated], begin: datetime | None, end: datetime | None
) -> list[tuple[int, int]]:
    """For each table, the ids [first, last) that its rows from `begin` until `end` have: one query.

    Among them are rows of up to twice `SLACK` before and after, which the caller leaves out by
    their time.
    """
    searches, params = [], []
    for number, (table, by) in enumerate(dated):
        for name, moment in (
            (f"first{number}", begin and begin - SLACK),
            (f"last{number}", end and end + SLACK),
        ):
            sql, of = _search(name, table, by, moment)
            searches.append(sql)
            params.extend(of)
    names = [f"{name}{number}" for number in range(len(dated)) for name in ("first", "last")]
    found = ", ".join(f"(SELECT low FROM {name} WHERE low >= high)" for name in names)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"WITH RECURSIVE {', '.join(searches)} SELECT {found}", params)
        row = cursor.fetchone()
    return list(zip(row[::2], row[1::2], strict=True))


def _search(name: str, table: Any, by: str, moment: datetime | None) -> tuple[str, list[Any]]:
    """The first id of a row that is not before a moment; without one, 0 or behind all rows."""
    behind_all = f"(SELECT COALESCE(MAX(id), 0) + 1 FROM {table._meta.db_table})"  # noqa: S608
    if moment is None:
        low = "0" if name.startswith("first") else behind_all
        return f"{name}(low, high) AS (SELECT {low}, 0)", []
    key = table.objects.filter(pk__gte=_NONE).order_by("pk").values("pk")[:1]
    # By its key, since a join may be read from its other side and sorted.
    rows = table.objects.filter(pk=Subquery(key)).order_by().values(by)
    time_of_middle, params = rows.query.sql_with_params()
    if params != (_NONE,):
        raise TypeError(f"not one parameter: {params}")
    time_of_middle = time_of_middle.replace("%s", _MIDDLE)
    wanted = connection.ops.adapt_datetimefield_value(moment)
    # A step looks at the middle, the next one halves: SQLite has no recursion in a subquery.
    sql = f"""{name}(low, high, seen, looked) AS (
        SELECT CAST(0 AS bigint), CAST({behind_all} AS bigint),
            CAST(NULL AS timestamp with time zone), 0
        UNION ALL
        SELECT CASE WHEN looked = 1 AND seen < %s THEN {_MIDDLE} + 1 ELSE low END,
            CASE WHEN looked = 0 OR seen < %s THEN high ELSE {_MIDDLE} END,
            CASE WHEN looked = 0 THEN ({time_of_middle}) END,
            1 - looked
        FROM {name} WHERE low < high
    )"""  # noqa: S608
    return sql, [wanted, wanted]
