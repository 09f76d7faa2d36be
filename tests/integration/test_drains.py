"""A worker that was asked to drain finishes what it holds, takes nothing new, and stays."""

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from rest_framework.test import APIClient

from consumers.database import in_database
from consumers.worker.pulse import Beat, Pulse
from tests.integration.conftest import Uploads, predictions
from tests.integration.offered import live_worker
from tests.integration.rest import uploaded
from uploads.catalog import drains, offers
from uploads.catalog.holdings import Holding
from uploads.events import Actor
from uploads.models import Upload, User, Worker, WorkerDrain

pytestmark = pytest.mark.django_db(transaction=True)

READY = Holding("ocr", "2", "READY")


async def states(stored: Upload) -> list[str]:
    return [row.state for row in await sync_to_async(predictions)(stored)]


async def beat(row: Worker) -> Beat:
    learned = Beat()
    await in_database(Pulse().beat, learned, row, [], reaps=False)
    return learned


async def test_what_it_holds_is_finished_and_what_waits_is_left(
    ada: User, upload: Uploads, bench: Any
) -> None:
    stored = await sync_to_async(upload)(ada, count=3)
    b = await bench(slots=1, hold=True)
    row = await sync_to_async(live_worker)(READY)
    assert await b.pipeline.claim_round() == 1
    await sync_to_async(drains.ask)(row.pk, Actor(id=7))
    assert b.pipeline.rest((await beat(row)).is_drained)
    b.engine.release()
    await b.pipeline.settle()
    assert await b.pipeline.claim_round() == 0
    assert await states(stored) == ["succeeded", "queued", "queued"]
    await sync_to_async(drains.withdraw)(row.pk, Actor(id=7))
    b.pipeline.room.clear()
    assert b.pipeline.rest((await beat(row)).is_drained)
    assert b.pipeline.room.is_set()
    assert await b.pipeline.claim_round() == 1


async def test_a_beat_that_learned_nothing_changes_nothing(bench: Any, db: None) -> None:
    b = await bench()
    assert b.pipeline.rest(True)
    assert not b.pipeline.rest(None)
    assert b.pipeline.is_resting


def test_the_others_are_not_asked(db: None) -> None:
    drains.ask("host:1:aa", Actor())
    assert drains.is_asked("host:1:aa")
    assert not drains.is_asked("host:2:bb")


def test_who_waits_for_a_worker_that_takes_nothing_is_told_so_and_uploads_are_taken(
    as_ada: APIClient,
) -> None:
    live_worker(READY, draining=True)
    waiting = uploaded(as_ada)["images"][0]["prediction"]["waiting"]
    assert waiting == {
        "code": "no_worker",
        "message": "No worker takes anything for the model 'ocr' at the moment.",
    }
    live_worker(READY, name="host:2:bb")
    assert uploaded(as_ada)["images"][0]["prediction"]["waiting"] is None


def test_what_was_asked_of_a_worker_that_is_gone_is_forgotten(db: None) -> None:
    here, gone = live_worker(READY), live_worker(READY, name="host:2:bb")
    for one in (here, gone):
        drains.ask(one.pk, Actor())
    Worker.objects.filter(pk=gone.pk).update(seen_at=timezone.now() - timedelta(hours=2))
    offers.forget_dead_workers()
    assert list(WorkerDrain.objects.values_list("worker", flat=True)) == [here.pk]
