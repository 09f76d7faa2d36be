"""The pipeline between a real database and an engine that does as told."""

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.utils import timezone

from consumers.worker import ending_writer, housekeeping
from inference.engine import types
from tests.integration.conftest import Uploads, predictions
from uploads import events, services
from uploads.events import A_WORKER
from uploads.models import Event, FileRemoval, Model, Prediction, Upload, User
from uploads.queue import lifecycle
from uploads.storage import removal

pytestmark = [pytest.mark.django_db(transaction=True)]


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
    monkeypatch.setattr(ending_writer, "WRITE_RETRY_SECONDS", 0.01)
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
