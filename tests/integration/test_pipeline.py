"""The pipeline between a real database and an engine that does as told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.db.models import Max
from django.utils import timezone

from consumers.database import in_database
from consumers.worker import hints, housekeeping
from consumers.worker import pipeline as pipeline_module
from consumers.worker.pipeline import Note, Pipeline
from inference.engine import types
from tests.fakes.engine import FakeEngine
from tests.integration.conftest import Uploads, predictions
from uploads import bus, events, services
from uploads.events import A_WORKER
from uploads.models import Event, FileRemoval, Model, Prediction, Upload, User
from uploads.queue import leases, lifecycle
from uploads.storage import removal

pytestmark = [pytest.mark.django_db(transaction=True)]

VERSIONS = [("ocr", "2")]


class Bench:
    """A pipeline on its engine, and what a test wants to know of it."""

    def __init__(self, engine: FakeEngine, note: Note | None = None) -> None:
        self.engine = engine
        self.pipeline = Pipeline("host:1:aa", "host:1", engine, VERSIONS, note=note)
        self.writer = asyncio.create_task(self.pipeline.write_endings())

    async def work(self) -> None:
        """Claims and finishes until nothing is left to claim."""
        while await self.pipeline.claim_round():
            await self.pipeline.settle()

    async def tick(self) -> None:
        self.pipeline.apply(await in_database(leases.tick, "host:1:aa", self.pipeline.held()))


@pytest.fixture
async def bench() -> AsyncIterator[Callable[..., Any]]:
    """Makes pipelines on fake engines and ends them."""
    made: list[Bench] = []

    async def make(**options: Any) -> Bench:
        one = Bench(FakeEngine(**options))
        await one.engine.start()
        made.append(one)
        return one

    yield make
    for one in made:
        await one.engine.stop(0)
        await one.pipeline.settle()
        one.writer.cancel()


async def rows(upload: Upload) -> list[Prediction]:
    return await sync_to_async(predictions)(upload)


async def test_everything_claimed_ends_succeeded(ada: User, upload: Uploads, bench: Any) -> None:
    stored = await sync_to_async(upload)(ada, count=9)
    b = await bench(slots=4)
    await b.work()
    done = await rows(stored)
    assert [row.state for row in done] == ["succeeded"] * 9
    assert all(row.timing["batch_size"] == 1 for row in done if row.timing)
    assert done[0].provenance == {
        "model_sha256": "0" * 64,
        "device": "cpu",
        "worker": "host:1",
    }


async def test_no_more_is_claimed_than_the_engine_has_room_for(
    ada: User, upload: Uploads, bench: Any
) -> None:
    stored = await sync_to_async(upload)(ada, count=6)
    b = await bench(slots=2, hold=True)
    assert await b.pipeline.claim_round() == 2
    assert await b.pipeline.claim_round() == 0
    assert [row.state for row in await rows(stored)].count("running") == 2


async def test_a_failed_image_does_not_touch_its_mates(
    ada: User, upload: Uploads, bench: Any
) -> None:
    stored = await sync_to_async(upload)(ada, count=4)
    bad = (await rows(stored))[1].pk

    def script(job: types.ImageJob) -> types.Outcome:
        if job.id == bad:
            kind = types.FailureKind.PERMANENT
            return types.Failed(job, "unreadable_image", "It cannot be read.", kind)
        from tests.fakes.engine import succeed

        return succeed(job)

    b = await bench(script=script)
    await b.work()
    assert [row.state for row in await rows(stored)] == [
        "succeeded",
        "failed",
        "succeeded",
        "succeeded",
    ]


async def test_a_tick_stores_how_far_everything_is(ada: User, upload: Uploads, bench: Any) -> None:
    stored = await sync_to_async(upload)(ada)
    b = await bench(hold=True)
    await b.pipeline.claim_round()
    b.engine.advance((await rows(stored))[0].pk, "recognize", 0.25)
    await b.tick()
    (row,) = await rows(stored)
    assert (row.stage, row.progress) == ("recognize", 0.25)


async def test_a_canceled_run_is_stopped_at_the_next_tick(
    ada: User, upload: Uploads, bench: Any
) -> None:
    stored = await sync_to_async(upload)(ada, count=2)
    b = await bench(hold=True)
    await b.pipeline.claim_round()
    first, second = await rows(stored)
    await sync_to_async(services.cancel)(first, A_WORKER)
    await b.tick()
    b.engine.release()
    await b.pipeline.settle()
    assert [row.state for row in await rows(stored)] == ["canceled", "succeeded"]
    assert second.pk not in b.engine.running


async def test_what_was_lost_is_dropped_without_a_word(
    ada: User, upload: Uploads, bench: Any
) -> None:
    stored = await sync_to_async(upload)(ada)
    paused = await bench(hold=True)
    await paused.pipeline.claim_round()
    expired = timezone.now() - timedelta(seconds=1)
    await Prediction.objects.filter(state="running").aupdate(lease_until=expired)
    await sync_to_async(housekeeping.reap)()
    other = await bench()
    await other.work()
    await paused.tick()
    await paused.pipeline.settle()
    (row,) = await rows(stored)
    assert (row.state, row.attempt) == ("succeeded", 2)
    endings = await Event.objects.filter(kind="prediction.succeeded").acount()
    assert endings == 1


async def test_stopping_gives_back_what_is_not_done(ada: User, upload: Uploads, bench: Any) -> None:
    stored = await sync_to_async(upload)(ada, count=2)
    b = await bench(hold=True)
    await b.pipeline.claim_round()
    await b.engine.stop(0)
    await b.pipeline.settle()
    for row in await rows(stored):
        assert (row.state, row.failures, row.lease_losses) == ("queued", 0, 0)


async def test_endings_wait_for_a_database_that_is_away(
    ada: User, upload: Uploads, bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = await sync_to_async(upload)(ada)
    monkeypatch.setattr(pipeline_module, "WRITE_RETRY_SECONDS", 0.01)
    tries = []
    finish = lifecycle.finish

    def away_at_first(endings: Any, log: events.Log) -> list[int]:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError
        return finish(endings, log)

    monkeypatch.setattr(lifecycle, "finish", away_at_first)
    b = await bench()
    await b.pipeline.claim_round()
    await b.pipeline.settle()
    assert len(tries) == 3
    assert [row.state for row in await rows(stored)] == ["succeeded"]


async def test_a_crash_is_tried_again_alone(ada: User, upload: Uploads, bench: Any) -> None:
    stored = await sync_to_async(upload)(ada, count=2)
    crashing = (await rows(stored))[0].pk

    def script(job: types.ImageJob) -> types.Outcome:
        from tests.fakes.engine import succeed

        if job.id == crashing and job.attempt == 1:
            kind = types.FailureKind.TRANSIENT
            return types.Failed(job, "model_crashed", "The model crashed.", kind)
        return succeed(job)

    b = await bench(script=script)
    await b.work()
    await Prediction.objects.aupdate(run_after=None)
    await b.work()
    assert [row.state for row in await rows(stored)] == ["succeeded", "succeeded"]
    assert [job.alone for job in b.engine.jobs if job.id == crashing] == [False, True]


async def test_what_nobody_serves_any_more_fails_and_does_not_wait_for_ever(
    ada: User, upload: Uploads
) -> None:
    stored = await sync_to_async(upload)(ada, model="background-removal")
    kept = await sync_to_async(upload)(ada, model="ocr")
    await Model.objects.filter(name="background-removal").adelete()
    await sync_to_async(housekeeping.fail_orphans)("host:1:aa")
    (row,) = await rows(stored)
    assert (row.state, row.error_code) == ("failed", "model_not_found")
    assert (await rows(kept))[0].state == "queued"


async def test_removed_files_stay_removed(ada: User, upload: Uploads, media: Any) -> None:
    stored = await sync_to_async(upload)(ada)
    await sync_to_async(services.delete)(stored, A_WORKER)
    late = media / stored.upload_path / "results" / "1" / "1" / "output.png"
    late.parent.mkdir(parents=True)
    late.write_bytes(b"late")
    await sync_to_async(removal.remove_files)()
    assert not late.exists()
    assert await FileRemoval.objects.acount() == 1
    await FileRemoval.objects.aupdate(created_at=timezone.now() - timedelta(hours=1))
    await sync_to_async(removal.remove_files)()
    assert await FileRemoval.objects.acount() == 0


async def test_what_ends_at_once_is_told_by_one_message_with_its_beginning(
    ada: User, upload: Uploads, bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Mapping[int, int]] = []

    async def hint(seqs: Mapping[int, int]) -> None:
        told.append(dict(seqs))

    await sync_to_async(upload)(ada, count=3)
    monkeypatch.setattr(bus, "hint", hint)
    monkeypatch.setattr(hints, "HELD_BACK_SECONDS", 30)
    b = await bench()
    await b.work()
    newest = await Event.objects.filter(user_id=ada.pk).aaggregate(Max("seq"))
    assert told[-1] == {ada.pk: newest["seq__max"]}
    assert len(told) <= 3


async def test_what_goes_on_is_told_to_have_begun(
    ada: User, upload: Uploads, bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = asyncio.Event()

    async def hint(seqs: Mapping[int, int]) -> None:
        assert list(seqs) == [ada.pk]
        told.set()

    await sync_to_async(upload)(ada)
    monkeypatch.setattr(bus, "hint", hint)
    b = await bench(hold=True)
    await b.pipeline.claim_round()
    async with asyncio.timeout(20):
        await told.wait()
    b.engine.release()


async def test_what_is_given_back_is_looked_for_again_at_once(
    ada: User, upload: Uploads, bench: Any
) -> None:
    await sync_to_async(upload)(ada)
    b = await bench(script=types.GivenBack)
    b.pipeline.room.clear()
    await b.pipeline.claim_round()
    await b.pipeline.settle()
    assert b.pipeline.room.is_set()


async def test_an_ending_wakes_the_claims_only_where_there_was_no_room(
    ada: User, upload: Uploads, bench: Any
) -> None:
    await sync_to_async(upload)(ada, count=3)
    b = await bench(slots=2)
    await b.pipeline.claim_round()
    assert b.pipeline.may_be_more
    await b.pipeline.settle()
    await b.pipeline.claim_round()
    assert not b.pipeline.may_be_more
    b.pipeline.room.clear()
    await b.pipeline.settle()
    assert not b.pipeline.room.is_set()
