"""What a worker learns each second stays learned, whatever fails after it."""

import asyncio
from typing import Any

import pytest
from django.db import DataError, OperationalError

from consumers.worker import housekeeping, worker
from consumers.worker.pulse import Beat, Pulse
from uploads.catalog import desired, drains, offers
from uploads.catalog.desired import DesiredState
from uploads.models import Worker
from uploads.queue import leases
from uploads.queue.held import Tick

TICK = Tick(lost=frozenset({(1, 1)}), canceled=frozenset({(2, 1)}))
COMMANDED = {"ocr": DesiredState(loaded=False, generation=1)}


@pytest.fixture(autouse=True)
def _database(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that tells something at each step."""
    monkeypatch.setattr(leases, "tick", lambda *_: TICK)
    monkeypatch.setattr(desired, "desired_states", lambda: COMMANDED)
    monkeypatch.setattr(drains, "is_asked", lambda _worker: True)
    monkeypatch.setattr(offers, "heartbeat", lambda _row: None)
    monkeypatch.setattr(housekeeping, "reap", lambda: {7: 3})


def failing(monkeypatch: pytest.MonkeyPatch, module: Any, step: str, error: Exception) -> None:
    def fail(*_args: Any) -> None:
        raise error

    monkeypatch.setattr(module, step, fail)


def test_what_the_database_refuses_keeps_no_other_step_from_being_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failing(monkeypatch, offers, "heartbeat", DataError("a word of a model"))
    learned = Beat()
    with pytest.raises(DataError):
        Pulse().beat(learned, Worker(), [], reaps=True)
    assert learned == Beat(TICK, COMMANDED, True, {7: 3})


def test_a_database_that_goes_away_is_asked_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, offers, "heartbeat", OperationalError("gone"))
    learned = Beat()
    with pytest.raises(OperationalError):
        Pulse().beat(learned, Worker(), [], reaps=True)
    assert learned == Beat(TICK, COMMANDED, True, {})


class Applied:
    """What takes what was learned: the pipeline and the reconciler."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    is_resting = False

    def rest(self, is_asked: bool | None) -> bool:  # as the pipeline's
        self.told.append(is_asked)
        return False

    def held(self) -> list[Any]:
        return []

    def describe(self) -> None:
        """Nothing to say."""

    def apply(self, learned: Any) -> None:
        self.told.append(learned)


async def test_a_worker_acts_on_what_it_has_learned_before_a_step_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failing(monkeypatch, desired, "desired_states", OperationalError("gone"))
    one = worker.InferenceWorker.__new__(worker.InferenceWorker)
    one.draining, one.row, one.pulse = asyncio.Event(), Worker(), Pulse()
    one.pipeline = one.reconciler = applied = Applied()  # type: ignore[assignment]
    one.reaps_after = 0.0
    with pytest.raises(OperationalError):
        await one._tick()
    assert applied.told == [TICK, None]
