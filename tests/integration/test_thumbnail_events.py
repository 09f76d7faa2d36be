"""Thumbnails that predictions make, and who is told of them, and when."""

import asyncio
import dataclasses
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from consumers.database import in_database
from inference.engine.types import Failed, FailureKind, ImageJob, Outcome, Succeeded
from tests.fakes.engine import THUMBHASH, succeed
from tests.integration.archives import kinds
from tests.integration.conftest import Uploads
from uploads.models import Image, User

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_running_prediction_tells_of_its_thumbnail_before_it_ends(
    ada: User, upload: Uploads, bench: Any
) -> None:
    stored = await sync_to_async(upload)(ada)
    b = await bench(hold=True)
    await b.pipeline.claim_round()
    (job,) = b.engine.running.values()
    assert job.on_thumbnail
    job.on_thumbnail(THUMBHASH)

    async def image() -> Image:
        return await in_database(Image.objects.get)

    async with asyncio.timeout(10):
        while not (await image()).thumbnail_path:  # noqa: ASYNC110  # rows set no event
            await asyncio.sleep(0.02)
    assert (await in_database(kinds, stored))[-1] == "image.thumbnailed"
    b.engine.release()
    await b.pipeline.settle()
    assert (await in_database(kinds, stored)).count("image.thumbnailed") == 1


async def test_a_short_prediction_costs_no_event_of_its_thumbnail(
    ada: User, upload: Uploads, bench: Any
) -> None:
    stored = await sync_to_async(upload)(ada, count=3)

    def script(job: ImageJob) -> Outcome:
        assert job.on_thumbnail
        job.on_thumbnail(THUMBHASH)
        outcome = succeed(job)
        assert isinstance(outcome, Succeeded)
        return dataclasses.replace(outcome, thumbhash=THUMBHASH)

    b = await bench(script=script)
    await b.work()
    assert await in_database(Image.objects.exclude(thumbnail_path="").count) == 3
    assert "image.thumbnailed" not in await in_database(kinds, stored)


async def test_a_failure_tells_of_the_thumbnail_that_its_image_got(
    ada: User, upload: Uploads, bench: Any
) -> None:
    stored = await sync_to_async(upload)(ada)

    def script(job: ImageJob) -> Outcome:
        permanent = FailureKind.PERMANENT
        return Failed(job, "model_error", "It failed.", permanent, thumbhash=THUMBHASH)

    b = await bench(script=script)
    await b.work()
    assert (await in_database(kinds, stored))[-2:] == ["image.thumbnailed", "prediction.failed"]
