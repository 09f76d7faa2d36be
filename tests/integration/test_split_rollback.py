"""A new version that fails more than the old one gets nothing any more, by itself."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from consumers.metrics.registry import exposition
from consumers.worker import housekeeping
from tests.integration.conftest import Uploads, predictions
from uploads.catalog import offers, split_watch, splits
from uploads.catalog.splits import Wish
from uploads.events import Actor
from uploads.models import Event, Model, Prediction, TrafficSplit, User
from uploads.queue import pauses
from uploads.states import State

pytestmark = pytest.mark.django_db(transaction=True)

BOSS = Actor(id=7, reason="A new version.")
WISH = Wish("ocr", "", "1", "2", 50, 10, 20)

Ended = Callable[..., None]


@pytest.fixture
def ended(ada: User, upload: Uploads) -> Ended:
    """Has so many predictions of a version end now, each of an upload of its own or all of one."""

    def end(version: str, count: int, code: str = "", *, uploads: int = 3, ago: int = 0) -> None:
        images = [predictions(upload(ada, model_version="1"))[0].image for _ in range(uploads)]
        state = State.FAILED if code else State.SUCCEEDED
        Prediction.objects.bulk_create(
            Prediction(
                image=images[number % uploads],
                user=ada,
                model="ocr",
                model_version=version,
                state=state,
                error_code=code,
                finished_at=timezone.now() - timedelta(seconds=ago),
            )
            for number in range(count)
        )

    return end


def start(*, percent: int = 50) -> TrafficSplit:
    """A split that is watched since two hours ago."""
    split = splits.start(replace(WISH, percent=percent), BOSS)
    split.watched_since = timezone.now() - timedelta(hours=2)
    split.save()
    return split


def state() -> tuple[str, int]:
    split = TrafficSplit.objects.get()
    return split.state, split.percent


def counted() -> float:
    families = text_string_to_metric_families(exposition().decode())
    return (
        next(one for one in families if one.name == "darkroom_traffic_splits_rolled_back")
        .samples[0]
        .value
    )


def test_a_new_version_that_fails_more_is_rolled_back_and_nothing_is_lost(
    ada: User, upload: Uploads, ended: Ended, caplog: pytest.LogCaptureFixture
) -> None:
    split = start(percent=100)
    waiting = upload(ada, count=2)
    ended("1", 30)
    ended("1", 1, "model_error")
    ended("2", 20)
    ended("2", 6, "model_crashed")
    before = counted()
    seqs = housekeeping.watch_splits()
    assert state() == ("rolled_back", 0)
    assert {(row.model_version, row.state) for row in predictions(waiting)} == {("1", "queued")}
    assert upload(ada).model_version == "1"
    assert list(seqs) == [ada.pk]
    told = Event.objects.get(kind="model.split_rolled_back")
    assert (told.actor_id, told.model, told.model_version) == (None, "ocr", "2")
    assert told.facts["percent_before"] == 100
    assert told.facts["split"] == split.pk
    assert told.facts["to"] == {"ended": 26, "failed": 6, "uploads": 3}
    assert told.facts["from"] == {"ended": 31, "failed": 1, "uploads": 1}
    assert "traffic split rolled back" in caplog.messages
    assert counted() == before + 1


@pytest.mark.parametrize(
    ("what", "ends"),
    [
        ("too few", [("2", 10, ""), ("2", 9, "model_error")]),
        ("within the margin", [("1", 100, ""), ("2", 91, ""), ("2", 9, "model_error")]),
        ("files", [("2", 20, ""), ("2", 60, "unreadable_image"), ("2", 9, "invalid_params")]),
        ("the old one fails too", [("1", 40, "timeout"), ("2", 40, "timeout")]),
        ("the old version alone", [("1", 90, "model_error"), ("2", 30, "")]),
    ],
)
def test_what_does_not_speak_against_the_new_version_changes_nothing(
    ended: Ended, what: str, ends: list[tuple[str, int, str]]
) -> None:
    start()
    for one in ends:
        ended(*one)
    assert housekeeping.watch_splits() == {}
    assert state() == ("running", 50), what


def test_failures_of_two_uploads_do_not_speak_against_it_and_those_of_three_do(
    ended: Ended,
) -> None:
    start()
    ended("2", 30, "model_error", uploads=2)
    housekeeping.watch_splits()
    assert state() == ("running", 50)
    ended("2", 1, "model_error", uploads=1)
    housekeeping.watch_splits()
    assert state() == ("rolled_back", 0)


def test_what_ended_long_ago_or_before_the_split_says_nothing(ended: Ended) -> None:
    split = start()
    ended("2", 30, "model_error", ago=3700)
    housekeeping.watch_splits()
    assert state() == ("running", 50)
    ended("2", 30, "model_error", ago=60)
    split.watched_since = timezone.now() - timedelta(seconds=30)
    split.save()
    housekeeping.watch_splits()
    assert state() == ("running", 50)


def test_one_that_runs_again_is_judged_anew(ended: Ended) -> None:
    split = start()
    ended("2", 30, "model_error")
    housekeeping.watch_splits()
    splits.change(split.pk, 5, BOSS)
    housekeeping.watch_splits()
    assert state() == ("running", 5)


def test_a_few_of_the_old_version_weigh_as_if_the_others_had_succeeded(ended: Ended) -> None:
    start()
    ended("1", 1, "model_error")
    ended("2", 30, "model_error")
    housekeeping.watch_splits()
    assert state() == ("rolled_back", 0)


@pytest.mark.parametrize("act", [splits.finish, splits.take_back])
def test_one_that_has_ended_is_not_judged(
    ended: Ended, act: Callable[[int, Actor], TrafficSplit]
) -> None:
    act(start().pk, BOSS)
    before = state()
    ended("2", 30, "model_error")
    housekeeping.watch_splits()
    assert state() == before


def test_both_versions_are_judged_over_the_same_time(
    ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(split_watch, "LOOKED_AT", 40)
    start()
    ended("2", 30, "model_error", ago=900)
    ended("1", 30, ago=600)
    ended("2", 30, ago=300)
    housekeeping.watch_splits()
    assert state() == ("running", 50)


def test_a_paused_queue_and_a_model_that_is_gone_keep_nothing_from_it(
    ada: User, upload: Uploads, ended: Ended
) -> None:
    start(percent=100)
    waiting = upload(ada)
    ended("2", 30, "model_error")
    pauses.pause("ocr", BOSS)
    Model.objects.all().delete()
    assert housekeeping.watch_splits() == {}
    assert state() == ("rolled_back", 0)
    assert [row.model_version for row in predictions(waiting)] == ["2"]


def test_what_was_left_by_a_worker_that_died_goes_over_with_the_next_round(
    ada: User, upload: Uploads, ended: Ended
) -> None:
    split = start(percent=100)
    waiting = upload(ada)
    assert splits.roll_back(TrafficSplit.objects.get(pk=split.pk), {})
    assert [row.model_version for row in predictions(waiting)] == ["2"]
    housekeeping.watch_splits()
    assert [row.model_version for row in predictions(waiting)] == ["1"]


def test_of_several_workers_one_rolls_back(ended: Ended) -> None:
    start()
    ended("2", 30, "model_error")
    seen = TrafficSplit.objects.get()
    ready, did = threading.Barrier(4), []

    def roll_back() -> None:
        try:
            ready.wait()
            did.append(splits.roll_back(seen, {}))
        finally:
            connection.close()

    threads = [threading.Thread(target=roll_back) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(did) == [False, False, False, True]
    assert Event.objects.filter(kind="model.split_rolled_back").count() == 1


def test_one_that_a_person_has_changed_meanwhile_is_left_to_the_next_look(models: None) -> None:
    seen = start()
    splits.change(seen.pk, 1, BOSS)
    assert not splits.roll_back(seen, {})
    assert state() == ("running", 1)


def test_a_look_takes_as_many_statements_whatever_has_ended(
    ended: Ended, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    start()
    ended("2", 200)
    ended("1", 200, "model_error")
    assert offers.versions()
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]  # a context
        housekeeping.watch_splits()
