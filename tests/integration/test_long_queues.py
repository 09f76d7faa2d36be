"""What runs by the clock reads as much of a long queue as of a short one: steps, not seconds."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from consumers.worker import housekeeping
from tests.integration.attempts import W1
from tests.integration.work import work_of
from tests.seed import seed
from uploads import events
from uploads.catalog import succession
from uploads.models import Prediction, User
from uploads.queue import backlog, leases, places, ranks
from uploads.queue.leases import Room, Who
from uploads.queue.standings import standings

pytestmark = pytest.mark.django_db(transaction=True)


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
        lambda: succession._next("model-1", "1", {"version_named": False}, after=(40, 1))
    ),
}


def work_of_all() -> dict[str, int]:
    found = {}
    for name, call in CHORES.items():
        found[name] = work_of(call)
        # What runs is read by some of them, and is not what this is about.
        Prediction.objects.filter(state="running").delete()
    return found


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
