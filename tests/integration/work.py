"""How much a database does for a call: counted in its own steps, never timed."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

STEPS = 50
"""SQLite's own steps are counted in so many."""


def work_of(call: Callable[[], Any]) -> int:
    """The steps that SQLite takes for a call, or the rows that PostgreSQL reads."""
    if connection.vendor == "postgresql":
        return rows_read(call)
    steps: list[None] = []
    connection.ensure_connection()
    connection.connection.set_progress_handler(lambda: steps.append(None), STEPS)
    try:
        call()
    finally:
        connection.connection.set_progress_handler(None, STEPS)
    return len(steps) * STEPS


def plan_as_for_large_tables() -> None:
    """PostgreSQL reads a table whole where that is cheaper, as it is for one of a few pages."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for way in ("seqscan", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{way} = off")


def rows_read(call: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        call()
    rows = 0
    for query in captured.captured_queries:
        if query["sql"].split()[0] not in {"SELECT", "WITH"}:
            continue
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
            (plan,) = cursor.fetchone()
            transaction.set_rollback(True)
        rows += sum(
            _rows(json.loads(plan)[0]["Plan"] if isinstance(plan, str) else plan[0]["Plan"])
        )
    return rows


def _rows(step: dict[str, Any]) -> Iterator[int]:
    if "Relation Name" in step:
        left_out = step.get("Rows Removed by Filter", 0)
        yield round((step["Actual Rows"] + left_out) * step["Actual Loops"])
    for child in step.get("Plans", ()):
        yield from _rows(child)
