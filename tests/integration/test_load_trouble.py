"""Workers that cannot load a model, beside one that can: real engines on one database."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from tests.integration.conftest import Uploads
from tests.integration.engines import Work, ended, rows, until
from uploads.models import Event, User

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CONFIG = 'output_kind = "labels"\nmax_batch_size = 2\n'
WORKS = """
from inference.engine.model import LabelsOutput
class Model:
    def __init__(self, context): pass
    def predict(self, requests): return [LabelsOutput([("good", 1.0)]) for _ in requests]
"""


@pytest.fixture
async def workers(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Starts workers by name, each with the code of its model."""
    made: list[Work] = []

    async def start(**codes: str) -> list[Work]:
        made.extend(Work(tmp_path, name, code, CONFIG) for name, code in codes.items())
        for one in made:
            await one.begin()
        return made

    yield start
    for one in made:
        await one.stop()


@pytest.mark.parametrize(
    "trouble", ["import a_package_that_is_not_installed\n", "import os; os._exit(1)\n"]
)
async def test_a_worker_that_cannot_load_a_model_spends_no_photos_attempts(
    ada: User, upload: Uploads, workers: Any, trouble: str
) -> None:
    bad, good = await workers(bad=trouble + WORKS, good=WORKS)
    stored = await sync_to_async(upload)(ada, model="bright", count=12)
    bad.work()
    requeued = Event.objects.filter(kind="prediction.requeued")
    await until(requeued.aexists)  # the bad one has tried before the good one begins
    good.work()
    done = await ended(stored)
    assert {(row.state, row.failures, row.lease_losses) for row in done} == {("succeeded", 0, 0)}
    assert {row.provenance["worker"] for row in done if row.provenance} == {"host:good"}
    assert bad.engine.capacity("bright", "1") == 0


async def test_what_no_worker_can_load_waits_and_spends_nothing(
    ada: User, upload: Uploads, workers: Any
) -> None:
    (bad,) = await workers(bad="raise RuntimeError\n")
    stored = await sync_to_async(upload)(ada, model="bright", count=3)
    bad.work()

    async def has_tried() -> bool:
        return not bad.engine.capacity("bright", "1") and not bad.pipeline.held()

    await until(has_tried)
    await bad.pipeline.settle()
    found = await rows(stored)
    assert {(row.state, row.failures, row.error_code) for row in found} == {("queued", 0, "")}
    told = Event.objects.filter(kind="prediction.requeued")
    assert {event.error_code async for event in told} == {"model_unavailable"}
