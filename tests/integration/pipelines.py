"""The pipeline between a real database and an engine that does as told."""

import asyncio

from consumers.database import in_database
from consumers.worker.files import Files
from consumers.worker.pipeline import Note, Pipeline
from tests.fakes.engine import FakeEngine
from uploads.queue import leases

VERSIONS = [("ocr", "2")]


class Bench:
    """A pipeline on its engine, and what a test wants to know of it."""

    def __init__(
        self, engine: FakeEngine, note: Note | None = None, files: Files | None = None
    ) -> None:
        self.engine = engine
        self.pipeline = Pipeline("host:1:aa", "host:1", engine, VERSIONS, note=note, files=files)
        self.writer = asyncio.create_task(self.pipeline.write_endings())

    async def work(self) -> None:
        """Claims and finishes until nothing is left to claim."""
        while await self.pipeline.claim_round():
            await self.pipeline.settle()

    async def tick(self) -> None:
        self.pipeline.apply(await in_database(leases.tick, "host:1:aa", self.pipeline.held()))
