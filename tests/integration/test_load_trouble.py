"""Workers that cannot load a model, beside one that can: real engines on one database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from consumers.database import in_database
from consumers.offers import offers
from consumers.pipeline import Pipeline
from inference.engine.engine import Engine
from inference.engine.types import DecodeLimits
from tests.folders import model_folder
from tests.integration.conftest import Uploads, predictions
from uploads import catalog
from uploads.models import Event, Prediction, Upload, User

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LIMITS = DecodeLimits(("PNG",), 1_000_000, 1_000)
CONFIG = 'output_kind = "labels"\nmax_batch_size = 2\n'
WORKS = """
from inference.engine.model import LabelsOutput
class Model:
    def __init__(self, context): pass
    def predict(self, requests): return [LabelsOutput([("good", 1.0)]) for _ in requests]
"""


class Work:
    """A worker without a process: an engine of its own, whose model has this code."""

    def __init__(self, root: Path, name: str, code: str) -> None:
        folder = model_folder(root / name, "bright", config=CONFIG)
        (folder / "1" / "model.py").write_text(code)
        self.engine = Engine([root / name], LIMITS)
        self.pipeline = Pipeline(f"host:{name}", f"host:{name}", self.engine, [("bright", "1")])
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self) -> None:
        """Starts the engine and offers its models."""
        await self.engine.start()
        await in_database(catalog.publish, offers(self.engine.repository))

    def work(self) -> None:
        """Claims as long as it lives."""
        self._tasks = [
            asyncio.create_task(self.pipeline.write_endings()),
            asyncio.create_task(self._claim()),
        ]

    async def stop(self) -> None:
        """Ends it with its children."""
        await self.engine.stop(0)
        await self.pipeline.settle()
        for task in self._tasks:
            task.cancel()

    async def _claim(self) -> None:
        while True:
            await self.pipeline.claim_round()
            await asyncio.sleep(0.05)


@pytest.fixture
async def workers(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Starts workers by name, each with the code of its model."""
    made: list[Work] = []

    async def start(**codes: str) -> list[Work]:
        made.extend(Work(tmp_path, name, code) for name, code in codes.items())
        for one in made:
            await one.begin()
        return made

    yield start
    for one in made:
        await one.stop()


async def until(fact: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await fact():  # noqa: ASYNC110  # rows and children set no event
            await asyncio.sleep(0.05)


async def rows(upload: Upload) -> list[Prediction]:
    return await sync_to_async(predictions)(upload)


async def ended(upload: Upload) -> list[Prediction]:
    async def is_over() -> bool:
        return not {row.state for row in await rows(upload)} & {"queued", "running"}

    await until(is_over)
    return await rows(upload)


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
