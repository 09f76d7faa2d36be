"""A worker with a disk of its own hands results over; a store that is away is nobody's fault."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from consumers.worker import handover as worker_handover
from tests.fakes.engine import succeed
from tests.fakes.object_store import FakeObjectStore
from tests.integration.conftest import Uploads
from tests.integration.handover.work import Away, Moves, rows, until_ready, until_running
from tests.integration.pipelines import Bench
from uploads import services
from uploads.events import A_WORKER
from uploads.models import Image, Prediction, User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("handover")]


async def test_results_and_pictures_are_in_the_store_before_the_ending_is_written(
    ada: User, upload: Uploads, store: FakeObjectStore, another_machine: Moves, worker: Bench
) -> None:
    made = await sync_to_async(upload)(ada, count=2)
    disk = another_machine()
    seen: list[bool] = []
    finish = worker.pipeline._writer._record

    async def record(endings: list[Any]) -> None:
        seen.extend(one.output_path in store.files for one in endings)
        await finish(endings)

    worker.pipeline._writer._record = record  # type: ignore[method-assign]
    await worker.work()
    assert seen == [True, True]
    for row in await rows(made):
        assert (row.state, row.attempt) == ("succeeded", 1)
        assert store.files[row.output_path] == b"the result of attempt 1"
        assert store.files[row.image.thumbnail_path] == b"a thumbnail of attempt 1"
        assert f"/results/{row.pk}/1/" in row.output_path
        assert (disk / row.image.image_path).is_file()


async def test_a_result_waits_for_a_store_that_is_away_and_is_not_computed_again(
    ada: User,
    upload: Uploads,
    store: FakeObjectStore,
    another_machine: Moves,
    worker: Bench,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = await sync_to_async(upload)(ada)
    another_machine()
    tries: list[str] = []
    put = store.put

    def away_at_first(key: str, *rest: Any) -> None:
        store.is_away = len(tries) < 9
        tries.append(key)
        put(key, *rest)

    monkeypatch.setattr(store, "put", away_at_first)
    await worker.work()
    (row,) = await rows(made)
    assert (row.state, row.attempt, len(worker.engine.jobs)) == ("succeeded", 1, 1)
    assert store.files[row.output_path] == b"the result of attempt 1"


async def test_a_result_that_cannot_be_handed_over_is_computed_again_without_a_failure(
    ada: User,
    upload: Uploads,
    store: FakeObjectStore,
    another_machine: Moves,
    worker: Bench,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = await sync_to_async(upload)(ada)
    monkeypatch.setattr(worker_handover, "DELIVER_SECONDS", 0.0)
    another_machine()
    with pytest.MonkeyPatch.context() as away:
        away.setattr(store, "put", Away())
        await worker.pipeline.claim_round()
        await worker.pipeline.settle()
    (row,) = await rows(made)
    assert (row.state, row.failures, row.output_path) == ("queued", 0, "")
    await sync_to_async(Prediction.objects.update)(run_after=None)
    await until_ready(worker)
    await worker.work()
    (row,) = await rows(made)
    assert (row.state, row.attempt) == ("succeeded", 2)
    assert store.files[row.output_path] == b"the result of attempt 2"


async def test_a_worker_that_stops_gives_back_what_it_cannot_hand_over(
    ada: User,
    upload: Uploads,
    store: FakeObjectStore,
    worker: Bench,
    stopping: asyncio.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = await sync_to_async(upload)(ada)
    monkeypatch.setattr(store, "put", Away())
    await worker.pipeline.claim_round()
    stopping.set()
    await worker.pipeline.settle()
    (row,) = await rows(made)
    assert (row.state, row.failures, row.lease_losses) == ("queued", 0, 0)


async def test_what_was_deleted_meanwhile_is_computed_in_vain_and_leaves_nothing_named(
    ada: User, upload: Uploads, store: FakeObjectStore, worker: Bench
) -> None:
    made = await sync_to_async(upload)(ada)
    worker.engine._hold = True
    await worker.pipeline.claim_round()
    await until_running(worker)
    await sync_to_async(services.delete)(made, A_WORKER)
    worker.engine.script = succeed
    worker.engine.release()
    await worker.pipeline.settle()
    assert await sync_to_async(Image.objects.exclude(thumbnail_path="").exists)() is False
