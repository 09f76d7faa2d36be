"""`GET /metrics` of the web: the queue, what looking at it costs, and a database that is away."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from consumers.metrics import history
from consumers.worker.archiver import Archiver
from project.metrics import backlog as backlog_module
from project.metrics.backlog import BacklogCache
from tests.fakes.object_store import FakeObjectStore
from tests.integration import rest
from tests.integration.conftest import Uploads
from tests.integration.scraping import Grown, told
from uploads.events import Actor
from uploads.models import ArchiveTask, Event, Prediction, QueuePause, User
from uploads.queue import backlog, pauses
from uploads.queue.backlog import Backlog

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("looks_anew")]


def test_the_age_of_the_queue_is_that_of_its_oldest(as_ada: APIClient) -> None:
    rest.uploaded(as_ada)
    told_now = told().value("darkroom_queue_oldest_age_seconds", model="ocr")
    assert 0 <= told_now < 60
    first = Prediction.objects.get()
    Prediction.objects.update(created_at=first.created_at.replace(year=2020))
    assert told().value("darkroom_queue_oldest_age_seconds", model="ocr") > 3600 * 24 * 365


def test_a_paused_queue_is_told_with_how_long_it_has_been(db: None) -> None:
    assert told().of("darkroom_queue_paused_seconds") == {}
    pauses.pause("ocr", Actor())
    QueuePause.objects.update(since=timezone.now() - timedelta(hours=1))
    assert 3600 <= told().value("darkroom_queue_paused_seconds", model="ocr") < 3660


def test_the_queue_is_two_queries_and_counting_none(as_ada: APIClient) -> None:
    rest.uploaded(as_ada)
    with CaptureQueriesContext(connection) as looked:
        assert [line.queued for line in backlog.read()] == [1]
    assert len(looked) == 2
    events_of_all = list(Event.objects.all())
    with CaptureQueriesContext(connection) as counted:
        history.count(events_of_all)
    assert len(counted) == 0


def test_many_who_ask_cost_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog_module, "FRESH_SECONDS", 60)
    looks: list[None] = []

    def look() -> list[Backlog]:
        looks.append(None)
        return []

    monkeypatch.setattr(backlog, "read", look)
    for _ in range(5):
        assert told().value("darkroom_database_up") == 1
    assert len(looks) == 1


def test_a_database_that_is_away_is_told_and_the_rest_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away() -> None:
        raise OperationalError

    grown = Grown()
    monkeypatch.setattr(backlog, "read", away)
    gone = told()
    assert gone.value("darkroom_database_up") == 0
    assert "darkroom_queue_depth" not in {name for name, _ in gone.samples}
    assert gone.of("darkroom_http_requests_total")
    assert grown.by("darkroom_database_errors_total") >= 1


async def test_a_database_that_hangs_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    looks: list[None] = []

    def hang() -> list[Any]:
        looks.append(None)
        released.wait(30)
        return []

    monkeypatch.setattr(backlog, "read", hang)
    cache = BacklogCache(timeout_seconds=0.05)
    for _ in range(3):
        assert (await cache.read()).lines is None
    released.set()
    cache.timeout_seconds = 30
    assert (await cache.read()).lines == []
    assert len(looks) == 1


def test_what_waits_for_the_archive_is_told_where_there_is_one(
    ada: User, upload: Uploads, store: FakeObjectStore, settings: Any
) -> None:
    upload(ada, count=3)
    long_ago = timezone.now() - timedelta(hours=1)
    ArchiveTask.objects.filter(pk=ArchiveTask.objects.earliest("pk").pk).update(created_at=long_ago)
    copied = Grown()
    assert told().value("darkroom_archive_queue_depth") == 3
    assert 3600 <= told().value("darkroom_archive_oldest_age_seconds") < 3700
    async_to_sync(Archiver().copy_due)()
    assert told().value("darkroom_archive_queue_depth") == 0
    assert told().value("darkroom_archive_oldest_age_seconds") == 0
    assert copied.by("darkroom_archive_files_total", outcome="copied") == 3
    settings.S3_BUCKET = ""
    assert not told().of("darkroom_archive_queue_depth")


def test_how_full_the_disk_is_is_told_unless_it_does_not_answer(
    db: None, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    free = told().value("darkroom_storage_free_bytes")
    assert 0 < free <= told().value("darkroom_storage_size_bytes")
    settings.MEDIA_ROOT = tmp_path / "away"
    assert not told().of("darkroom_storage_free_bytes")
    assert told().value("darkroom_database_up") == 1
