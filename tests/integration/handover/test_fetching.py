"""A worker with a disk of its own fetches what it needs and holds it as long as it does."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from consumers.worker.handover import HandedOverFiles
from tests.fakes.object_store import FakeObjectStore
from tests.integration.conftest import Uploads
from tests.integration.handover.work import (
    Moves,
    develop,
    marker,
    rows,
    until_ready,
    until_running,
)
from tests.integration.pipelines import Bench
from uploads.models import Prediction, User
from uploads.storage import cache_trimming, local

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("handover")]


async def test_a_store_that_is_away_while_a_worker_fetches_is_nobodys_fault(
    ada: User, upload: Uploads, store: FakeObjectStore, another_machine: Moves, worker: Bench
) -> None:
    made = await sync_to_async(upload)(ada)
    another_machine()
    store.is_away = True
    assert await worker.pipeline.claim_round() == 1
    await worker.pipeline.settle()
    (row,) = await rows(made)
    assert (row.state, row.failures, row.lease_losses) == ("queued", 0, 0)
    await sync_to_async(Prediction.objects.update)(run_after=None)
    assert await worker.pipeline.claim_round() == 0
    store.is_away = False
    await until_ready(worker)
    await worker.work()
    (row,) = await rows(made)
    assert (row.state, row.failures, row.attempt) == ("succeeded", 0, 2)


async def test_a_damaged_file_is_fetched_again(
    ada: User, upload: Uploads, another_machine: Moves, worker: Bench
) -> None:
    made = await sync_to_async(upload)(ada)
    disk = another_machine()
    (row,) = await rows(made)
    original = disk / row.image.image_path
    original.parent.mkdir(parents=True)
    original.write_bytes(b"half a photo")
    (disk / ".darkroom-volume").write_text(await sync_to_async(marker)())
    await worker.work()
    assert local.sha256_of(original) == row.image.sha256
    assert [one.state for one in await rows(made)] == ["succeeded"]


async def test_what_a_running_attempt_reads_is_not_removed_from_the_cache(
    ada: User,
    upload: Uploads,
    another_machine: Moves,
    settings: Any,
    bench: Callable[..., Any],
    stopping: asyncio.Event,
) -> None:
    made = await sync_to_async(upload)(ada)
    settings.MEDIA_CACHE_BYTES = 1
    disk = another_machine()
    worker = await bench(files=HandedOverFiles(stopping), script=develop, hold=True)
    await worker.pipeline.claim_round()
    await until_running(worker)
    await sync_to_async(cache_trimming.keep)()
    (row,) = await rows(made)
    assert (disk / row.image.image_path).is_file()
    worker.engine.release()
    await worker.pipeline.settle()
    assert [one.state for one in await rows(made)] == ["succeeded"]
    await sync_to_async(cache_trimming.keep)()
    assert not (disk / row.image.image_path).exists()
