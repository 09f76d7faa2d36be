"""The queue's rules hold on a real database after every step, whatever the order of steps."""

from typing import Any, Final

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from tests.integration.conftest import Uploads
from tests.integration.queue_machine import QueueMachine, rows
from uploads import replay
from uploads.event_kinds import ENDING
from uploads.models import Event, EventStream, Prediction, User
from uploads.queue import retry
from uploads.states import ACTIVE, TERMINAL, State

pytestmark = pytest.mark.django_db(transaction=True)

RUNS: Final = settings(
    derandomize=True,
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    database=None,
    # A failure is told at once: every run in search of a shorter one costs a real database.
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
TOLD: Final = {str(kind): str(state) for state, kind in ENDING.items()} | {
    "prediction.queued": "queued",
    "prediction.requeued": "queued",
    "prediction.started": "running",
}


class CheckedQueue(QueueMachine):
    """The machine with a look at the database after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.last_event = 0
        """The newest event that was looked at."""
        self.received: dict[int, list[int]] = {}
        """The numbers that a reader of each user has, who reads a page after each step."""

    @invariant()
    def every_change_is_allowed(self) -> None:
        after = rows()
        for pk, old in self.before.items():
            new = after[pk]
            assert new.attempt - old.attempt in {0, 1}
            if old.state in TERMINAL and new.state != old.state:
                assert pk in self.requeued
                assert old.state != State.SUCCEEDED
            if new.state == State.CANCELED:
                assert pk in self.asked
            if old.state == State.RUNNING and new.state == State.QUEUED:
                assert (new.fair_rank > old.fair_rank) == (new.failures > old.failures)
        self.asked -= self.requeued
        self.requeued.clear()
        self.before = after

    @invariant()
    def every_row_is_sound(self) -> None:
        for row in self.before.values():
            assert (row.state == State.RUNNING) == (row.lease_owner is not None)
            assert row.failures <= django_settings.MAX_ATTEMPTS
            assert row.lease_losses <= django_settings.MAX_LEASE_LOSSES
        unfinished = Prediction.objects.filter(state__in=list(ACTIVE))
        assert not unfinished.filter(image__upload__deleted_at__isnull=False).exists()

    @invariant()
    def every_event_is_of_its_attempt(self) -> None:
        for event in Event.objects.filter(pk__gt=self.last_event).order_by("pk"):
            if event.kind in ENDING.values() and event.attempt is not None:
                assert event.attempt == self.before[event.prediction_id or 0].attempt
            self.last_event = event.pk
        ended = Event.objects.filter(kind__in=ENDING.values(), attempt__isnull=False)
        endings_told = list(ended.values_list("prediction_id", "attempt"))
        assert len(set(endings_told)) == len(endings_told)

    @invariant()
    def the_newest_event_tells_the_state(self) -> None:
        told = Event.objects.filter(kind__in=TOLD).order_by("pk")
        newest = dict(told.values_list("prediction_id", "kind"))
        assert {pk: TOLD[kind] for pk, kind in newest.items()} == {
            pk: row.state for pk, row in self.before.items()
        }

    @invariant()
    def every_stream_is_numbered_without_a_gap(self) -> None:
        counters = dict(EventStream.objects.values_list("user_id", "last_seq"))
        for user in self.users:
            public = Event.objects.filter(user_id=user.pk, seq__isnull=False).order_by("pk")
            stream = list(public.values_list("seq", flat=True))
            assert stream == list(range(1, counters.get(user.pk, 0) + 1))

    @invariant()
    def every_reader_receives_a_prefix(self) -> None:
        for user in self.users:
            received = self.received.setdefault(user.pk, [])
            page = replay.read(user.pk, after=len(received), limit=3)
            received += [event["seq"] for event in page]
            assert received == list(range(1, len(received) + 1))


@pytest.mark.timeout(600)
def test_no_order_of_events_breaks_the_queue(
    ada: User, bob: User, upload: Uploads, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAX_LEASE_LOSSES = 3
    # The machine's own steps are all the time that passes: on a busy computer as on an idle one.
    settings.LEASE_SECONDS = 3600
    monkeypatch.setattr(retry, "_back_off", lambda tries: 3600.0)
    CheckedQueue.upload = staticmethod(upload)
    CheckedQueue.users = [ada, bob]
    run_state_machine_as_test(CheckedQueue, settings=RUNS)
