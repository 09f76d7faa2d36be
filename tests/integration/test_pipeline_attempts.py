"""Attempts of one prediction that overlap in one worker are kept apart."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from consumers.database import in_database
from consumers.worker import housekeeping
from consumers.worker.pipeline import Pipeline
from inference.engine.types import Canceled, GivenBack, ImageJob, Outcome
from tests.fakes.engine import succeed
from tests.integration.conftest import Uploads
from uploads import services
from uploads.errors import SourceGone
from uploads.events import A_WORKER
from uploads.models import Prediction, User
from uploads.queue import held, leases

pytestmark = [pytest.mark.django_db(transaction=True)]


class SlowToLetGo:
    """An engine whose attempts end only when the test says so, called off or not."""

    def __init__(self) -> None:
        self.jobs: dict[held.Attempt, ImageJob] = {}
        self.running: dict[held.Attempt, asyncio.Future[Outcome]] = {}
        self.called_off: set[held.Attempt] = set()

    def capacity(self, model: str, version: str, *, reserved: bool = False) -> int:
        return 4 - len(self.running)

    def loaded(self, model: str, version: str) -> int:
        return 4

    async def start_instance(self, model: str, version: str) -> None:
        raise AssertionError("All are loaded.")

    async def predict(self, job: ImageJob, report: Any) -> Outcome:
        key = (job.id, job.attempt)
        self.jobs[key] = job
        self.running[key] = asyncio.get_running_loop().create_future()
        try:
            return await self.running[key]
        finally:
            del self.running[key]

    def cancel(self, job_id: int, attempt: int) -> None:
        self.called_off |= {(job_id, attempt)} & set(self.running)

    def let_go(self, *key: int) -> None:
        job = self.jobs[key[0], key[1]]
        off = (key[0], key[1]) in self.called_off
        self.running[key[0], key[1]].set_result(Canceled(job) if off else succeed(job))


class Desk:
    """A pipeline on such an engine."""

    def __init__(self) -> None:
        self.engine = SlowToLetGo()
        self.pipeline = Pipeline("host:1:aa", "host:1", self.engine, [("ocr", "2")])
        self.writer = asyncio.create_task(self.pipeline.write_endings())

    async def claim(self) -> int:
        await self.pipeline.claim_round()
        return (await Prediction.objects.alatest("pk")).pk

    async def tick(self, held: list[held.Held] | None = None) -> None:
        held = self.pipeline.held() if held is None else held
        self.pipeline.apply(await in_database(leases.tick, "host:1:aa", held))


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    one = Desk()
    yield one
    one.writer.cancel()


async def another_worker_reaps() -> None:
    past = timezone.now() - timedelta(seconds=1)
    await Prediction.objects.filter(state="running").aupdate(lease_until=past)
    await sync_to_async(housekeeping.reap)()


async def test_an_old_attempt_that_ends_late_leaves_the_new_one_alone(
    ada: User, upload: Uploads, desk: Desk
) -> None:
    await sync_to_async(upload)(ada)
    pk = await desk.claim()
    await another_worker_reaps()
    await desk.claim()
    await desk.tick()
    assert set(desk.engine.running) == {(pk, 1), (pk, 2)}
    desk.engine.let_go(pk, 1)
    await asyncio.sleep(0)
    assert [one.key for one in desk.pipeline.held()] == [(pk, 2)]
    desk.engine.let_go(pk, 2)
    await desk.pipeline.settle()
    row = await Prediction.objects.aget()
    assert (row.state, row.attempt) == ("succeeded", 2)


async def test_what_a_tick_tells_of_an_old_attempt_is_not_about_the_new_one(
    ada: User, upload: Uploads, desk: Desk
) -> None:
    await sync_to_async(upload)(ada)
    pk = await desk.claim()
    old = desk.pipeline.held()
    desk.engine.running[pk, 1].set_result(GivenBack(desk.engine.jobs[pk, 1]))
    await desk.pipeline.settle()
    await desk.claim()
    await desk.tick(old)
    assert [one.key for one in desk.pipeline.held()] == [(pk, 2)]
    assert not desk.engine.called_off


async def test_work_that_was_stopped_without_anybody_asking_is_given_back(
    ada: User, upload: Uploads, desk: Desk
) -> None:
    await sync_to_async(upload)(ada)
    pk = await desk.claim()
    desk.engine.cancel(pk, 1)
    desk.engine.let_go(pk, 1)
    await desk.pipeline.settle()
    row = await Prediction.objects.aget()
    assert (row.state, row.failures, row.lease_losses) == ("queued", 0, 0)


async def test_an_attempt_that_breaks_on_a_defect_ends_and_is_not_held_for_ever(
    ada: User, upload: Uploads, desk: Desk, settings: Any
) -> None:
    await sync_to_async(upload)(ada)
    image = await sync_to_async(lambda: Prediction.objects.get().image)()
    image.image_path = "../../outside"
    await image.asave()
    for _ in range(settings.MAX_ATTEMPTS):
        await Prediction.objects.aupdate(run_after=None)
        await desk.claim()
        await desk.pipeline.settle()
    row = await Prediction.objects.aget()
    assert (row.state, row.error_code) == ("failed", "attempts_exhausted")
    assert desk.pipeline.held() == []


async def test_finished_work_is_held_until_it_is_written(
    ada: User, upload: Uploads, desk: Desk
) -> None:
    await sync_to_async(upload)(ada)
    pk = await desk.claim()
    desk.writer.cancel()
    desk.engine.let_go(pk, 1)
    await asyncio.sleep(0.05)
    assert [one.key for one in desk.pipeline.held()] == [(pk, 1)]


def test_a_deleted_upload_cannot_be_queued_again_or_predicted_over(
    ada: User, upload: Uploads
) -> None:
    stored = upload(ada)
    row = Prediction.objects.select_related("image__upload__user").get()
    services.cancel(row, A_WORKER)
    before = Prediction.objects.select_related("image__upload__user").get()
    source = before.image.image_path
    services.delete(stored, A_WORKER)
    before.image.image_path = source
    with pytest.raises(SourceGone):
        services.retry(before, A_WORKER)
    with pytest.raises(SourceGone):
        services.predict_again(before.image, "ocr", None, {}, A_WORKER)
    assert Prediction.objects.get().state == "canceled"


def test_between_the_look_at_the_file_and_the_queue_nothing_is_believed(
    ada: User, upload: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = upload(ada)
    row = Prediction.objects.select_related("image__upload__user").get()
    services.cancel(row, A_WORKER)

    def deleted_meanwhile(_: Any) -> None:
        services.delete(stored, A_WORKER)

    monkeypatch.setattr(services, "_require_source", deleted_meanwhile)
    with pytest.raises(SourceGone):
        services.retry(row, A_WORKER)
    assert Prediction.objects.get().state == "canceled"
