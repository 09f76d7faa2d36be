"""One person's images that take for ever, and another's photo: through pipeline and children."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from inference.engine import batch_watch
from tests.integration.conftest import Uploads
from tests.integration.engines import Work, ended, rows, until
from uploads.models import Event, Upload, User

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

HANGS = {"hang": True}
CODE = """
import time
from inference.engine.model import LabelsOutput
class Model:
    def __init__(self, context): pass
    def predict(self, requests):
        while any(request.params.get("hang") for request in requests): time.sleep(0.1)
        return [LabelsOutput([("good", 1.0)]) for _ in requests]
"""
CONFIG = """
output_kind = "labels"
timeout_seconds = {timeout_seconds}
instances.extra = {extra}
params.properties.hang.type = "boolean"
"""


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Starts the one worker, whose model `bright` has one instance."""
    made: list[Work] = []

    async def start(**config: float) -> Work:
        made.append(Work(tmp_path, "one", CODE, CONFIG.format(**config)))
        await made[0].begin()
        made[0].work()
        return made[0]

    yield start
    for one in made:
        await one.stop()


async def running(upload: Upload, count: int) -> None:
    async def are_running() -> bool:
        return [row.state for row in await rows(upload)].count("running") == count

    await until(are_running)


async def test_a_photo_waits_for_the_one_that_runs_and_not_for_the_rest_nor_for_retries(
    ada: User, bob: User, upload: Uploads, worker: Any
) -> None:
    await worker(timeout_seconds=1, extra=0)
    slow = await sync_to_async(upload)(ada, model="bright", count=3, params=HANGS)
    await running(slow, 1)
    photo = await sync_to_async(upload)(bob, model="bright")
    assert [row.state for row in await ended(photo)] == ["succeeded"]
    failed = await ended(slow)
    assert {(row.state, row.error_code, row.attempt) for row in failed} == {
        ("failed", "attempts_exhausted", 2)
    }
    starts = Event.objects.filter(kind="prediction.started").order_by("pk")
    users = [user async for user in starts.values_list("user_id", flat=True)]
    assert users == [ada.pk, bob.pk, *[ada.pk] * 5]


async def test_a_photo_is_served_while_another_persons_images_go_on_and_on(
    ada: User, bob: User, upload: Uploads, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_watch, "SLOW_SECONDS", 0.3)
    await worker(timeout_seconds=60, extra=2)
    slow = await sync_to_async(upload)(ada, model="bright", count=5, params=HANGS)
    await running(slow, 2)
    photos = await sync_to_async(upload)(bob, model="bright", count=3)
    assert [row.state for row in await ended(photos)] == ["succeeded"] * 3
    states = [row.state for row in await rows(slow)]
    assert sorted(states) == ["queued"] * 3 + ["running"] * 2


async def test_who_sent_a_slow_image_is_served_beside_it_too(
    ada: User, upload: Uploads, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_watch, "SLOW_SECONDS", 0.3)
    await worker(timeout_seconds=60, extra=2)
    slow = await sync_to_async(upload)(ada, model="bright", params=HANGS)
    await running(slow, 1)
    photos = await sync_to_async(upload)(ada, model="bright", count=3)
    assert [row.state for row in await ended(photos)] == ["succeeded"] * 3
    assert [row.state for row in await rows(slow)] == ["running"]
