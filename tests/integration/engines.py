"""Workers without a process, on one database: real pipelines, real engines, real children."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from asgiref.sync import sync_to_async
from django.conf import settings

from consumers.database import in_database
from consumers.worker import catalog_entries
from consumers.worker.pipeline import Pipeline
from inference.engine.confinement import Reach
from inference.engine.engine import Engine
from inference.engine.types import DecodeLimits
from tests.folders import model_folder
from tests.integration.conftest import predictions
from uploads.catalog import offers
from uploads.models import Prediction, Upload

LIMITS = DecodeLimits(("PNG",), 1_000_000, 1_000)


class Work:
    """A worker without a process: an engine of its own, whose model has this code."""

    def __init__(self, root: Path, name: str, code: str, config: str) -> None:
        folder = model_folder(root / name, "bright", config=config)
        (folder / "1" / "model.py").write_text(code)
        self.engine = Engine([root / name], LIMITS, reach=Reach(writes=[settings.MEDIA_ROOT]))
        self.pipeline = Pipeline(f"host:{name}", f"host:{name}", self.engine, [("bright", "1")])
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self) -> None:
        """Starts the engine and offers its models."""
        await self.engine.start()
        await in_database(offers.publish, catalog_entries.offers(self.engine.repository))

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


async def until(fact: Callable[[], Awaitable[bool]]) -> None:
    """Returns once it is one."""
    async with asyncio.timeout(60):
        while not await fact():  # noqa: ASYNC110  # rows and children set no event
            await asyncio.sleep(0.05)


async def rows(upload: Upload) -> list[Prediction]:
    """An upload's predictions as they are now."""
    return await sync_to_async(predictions)(upload)


async def ended(upload: Upload) -> list[Prediction]:
    """They, once all have ended."""

    async def is_over() -> bool:
        return not {row.state for row in await rows(upload)} & {"queued", "running"}

    await until(is_over)
    return await rows(upload)
