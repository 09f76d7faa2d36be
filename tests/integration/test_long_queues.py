"""What runs by the clock reads as much of a long queue as of a short one: steps, not seconds."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from consumers.worker import housekeeping
from tests.integration.attempts import W1
from tests.seed import seed
from uploads import events
from uploads.catalog import succession
from uploads.models import Prediction, User
from uploads.queue import backlog, leases, places, ranks
from uploads.queue.leases import Room, Who
from uploads.queue.standings import standings

pytestmark = pytest.mark.django_db(transaction=True)

STEPS = 50
"""SQLite's own steps are counted in so many."""


def claim() -> None:
    with events.recording() as log:
        assert len(leases.claim(W1, "model-1", "1", 64, log)) == 64


def everybody() -> list[int]:
    return list(User.objects.filter(pk__lte=10_000).values_list("pk", flat=True)[:10])


CHORES: dict[str, Callable[[], Any]] = {
    "a claim of 64": claim,
    "a look for what could be claimed": lambda: leases.turns(
        [Room("model-0", "1", 64), Room("model-1", "2", 1), Room("model-1", "1", 1, Who.UNSERVED)]
    ),
    "the look for what nobody serves": lambda: backlog.orphaned_versions({("model-0", "1")}),
    "the metrics": backlog.read,
    "the look for dead workers": housekeeping.reap,
    "the places of those who watch": lambda: standings(everybody()),
    "positions": lambda: places.positions(Prediction.objects.order_by("pk")[:20]),
    "the rank of what comes": lambda: ranks.next_ranks(everybody()[0], "model-1", 20),
    "what moves on to another version": transaction.atomic(
        lambda: succession._next("model-1", "1", after=(40, 1))
    ),
}


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


def work_of_all() -> dict[str, int]:
    found = {}
    for name, call in CHORES.items():
        found[name] = work_of(call)
        # What runs is read by some of them, and is not what this is about.
        Prediction.objects.filter(state="running").delete()
    return found


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


def test_a_queue_four_times_as_long_costs_what_runs_by_the_clock_no_more(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "MOST_COUNTED", 100)
    # So long that whatever is bounded has reached its bound.
    seed(3 * places.POSITIONS_COUNTED, users=10, models=2)
    before = work_of_all()
    seed(9 * places.POSITIONS_COUNTED, users=10, models=2)
    after = work_of_all()
    risen = {
        name: (work, after[name])
        for name, work in before.items()
        if after[name] > 1.2 * work + 1000
    }
    assert risen == {}


def test_a_queue_is_counted_up_to_a_bound(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    seed(40, users=2, models=2)
    assert [(one.model, one.queued) for one in backlog.read()] == [("model-0", 20), ("model-1", 20)]
    monkeypatch.setattr(backlog, "MOST_COUNTED", 7)
    assert [one.queued for one in backlog.read()] == [7, 7]
