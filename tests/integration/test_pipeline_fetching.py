"""Files that a claim needs are brought back before the engine gets it."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from consumers.database import in_database
from consumers.worker.files import SharedFiles
from consumers.worker.pipeline import Pipeline
from tests.fakes.archive import FakeFetches
from tests.fakes.engine import FakeEngine
from tests.integration.conftest import Uploads, predictions
from uploads import services
from uploads.errors import StorageUnavailable
from uploads.events import A_WORKER
from uploads.models import Prediction, Upload, User
from uploads.queue import leases
from uploads.queue.held import Claim

pytestmark = [pytest.mark.django_db(transaction=True)]

VERSIONS = [("ocr", "2")]


async def rows(upload: Upload) -> list[Prediction]:
    return await sync_to_async(predictions)(upload)


async def test_no_more_is_claimed_while_files_are_brought_back_than_the_engine_has_room_for(
    ada: User, upload: Uploads
) -> None:
    await sync_to_async(upload)(ada, count=6)
    back = asyncio.Event()

    async def fetch(claim: Claim) -> None:
        await back.wait()

    engine = FakeEngine(slots=2)
    await engine.start()
    pipeline = Pipeline(
        "host:1:aa", "host:1", engine, VERSIONS, files=SharedFiles(FakeFetches(fetch))
    )
    writer = asyncio.create_task(pipeline.write_endings())
    assert await pipeline.claim_round() == 2
    assert await pipeline.claim_round() == 0
    back.set()
    await pipeline.settle()
    while await pipeline.claim_round():
        await pipeline.settle()
    assert len(engine.jobs) == 6
    writer.cancel()


async def test_what_is_called_off_while_its_file_is_brought_back_is_not_computed(
    ada: User, upload: Uploads
) -> None:
    stored = await sync_to_async(upload)(ada)
    back = asyncio.Event()

    async def fetch(claim: Claim) -> None:
        await back.wait()

    engine = FakeEngine()
    await engine.start()
    pipeline = Pipeline(
        "host:1:aa", "host:1", engine, VERSIONS, files=SharedFiles(FakeFetches(fetch))
    )
    writer = asyncio.create_task(pipeline.write_endings())
    await pipeline.claim_round()
    (row,) = await rows(stored)
    await sync_to_async(services.cancel)(row, A_WORKER)
    pipeline.apply(await in_database(leases.tick, "host:1:aa", pipeline.held()))
    back.set()
    await pipeline.settle()
    assert [row.state for row in await rows(stored)] == ["canceled"]
    assert engine.jobs == []
    writer.cancel()


async def test_an_archive_that_is_away_gives_a_prediction_back_without_a_failure(
    ada: User, upload: Uploads
) -> None:
    stored = await sync_to_async(upload)(ada)

    async def fetch(claim: Claim) -> None:
        raise StorageUnavailable

    engine = FakeEngine()
    await engine.start()
    pipeline = Pipeline(
        "host:1:aa", "host:1", engine, VERSIONS, files=SharedFiles(FakeFetches(fetch))
    )
    writer = asyncio.create_task(pipeline.write_endings())
    await pipeline.claim_round()
    await pipeline.settle()
    (row,) = await rows(stored)
    assert (row.state, row.failures) == ("queued", 0)
    assert row.run_after is not None
    assert row.run_after > timezone.now() + timedelta(seconds=20)
    writer.cancel()
