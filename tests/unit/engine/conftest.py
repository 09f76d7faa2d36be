"""A repository of tiny models, and an engine that runs them in real child processes."""

import asyncio
import textwrap
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import pytest_asyncio
from PIL import Image

from inference.engine.confinement import ROOT, Reach
from inference.engine.engine import Engine
from inference.engine.types import DecodeLimits, ImageJob, Job, Outcome, Progress
from inference.engine.version_scheduler import LOAD_STAGE

LIMITS = DecodeLimits(("JPEG", "PNG", "WEBP"), max_pixels=50_000_000, max_side=20_000)

AddModel: TypeAlias = Callable[..., None]
Models: TypeAlias = tuple[Path, AddModel]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "models"
    root.mkdir()
    return root


def write_model(
    repository: Path,
    name: str,
    predict_one: str,
    config: str = "",
    load: str = "",
    kind: str = "labels",
    version: str = "1",
) -> None:
    """Writes a version of a model, over what is there: the body of `predict_one(self, request)`,
    and lines of its model.toml."""
    folder = repository / name
    (folder / version).mkdir(parents=True, exist_ok=True)
    settings = f'output_kind = "{kind}"\n' + textwrap.dedent(config)
    (folder / "model.toml").write_text(settings)
    code = [
        "import os, signal, sys, time",
        "from pathlib import Path",
        "from inference.engine.model import *",
        "class Model:",
        "    def __init__(self, context):",
        textwrap.indent(textwrap.dedent(load) or "pass", " " * 8),
        "    def predict(self, requests):",
        "        self.size = len(requests)",
        "        return [self.predict_one(request) for request in requests]",
        "    def predict_one(self, request):",
        textwrap.indent(textwrap.dedent(predict_one), " " * 8),
    ]
    (folder / version / "model.py").write_text("\n".join(code))


@pytest.fixture
def add_model(repository: Path) -> AddModel:
    """`write_model` into the test's own repository."""
    return partial(write_model, repository)


@dataclass
class Bench:
    """An engine, and images to give it."""

    engine: Engine
    folder: Path
    progress: list[Progress] = field(default_factory=list)

    def job(self, model: str, number: int = 1, **changes: Any) -> ImageJob:
        source = self.folder / f"{number}.png"
        if not source.exists():
            Image.new("RGB", (8, 6), (number, 0, 0)).save(source)
        values: dict[str, Any] = {
            "id": number,
            "attempt": 1,
            "model": model,
            "version": "1",
            "source": source,
            "params": {},
            "results": self.folder / "results" / str(number),
        }
        return ImageJob(**(values | changes))

    @property
    def computed(self) -> set[int]:
        """The ids of jobs that a model has told progress of."""
        return {progress.job_id for progress in self.progress if progress.stage != LOAD_STAGE}

    async def predict(self, job: Job) -> Outcome:
        return await self.engine.predict(job, self.progress.append)

    def submit(self, jobs: Sequence[Job]) -> list[asyncio.Task[Outcome]]:
        return [asyncio.create_task(self.predict(job)) for job in jobs]

    async def seen(self, stage: str, job_id: int = 1) -> Progress:
        """The first progress of this stage, once there is one."""
        while True:
            for progress in self.progress:
                if (progress.stage, progress.job_id) == (stage, job_id):
                    return progress
            await asyncio.sleep(0.01)


@pytest_asyncio.fixture
async def bench(
    repository: Path, tmp_path: Path, add_model: AddModel
) -> AsyncIterator[Callable[[], Any]]:
    """Starts an engine over the models added so far."""
    engines: list[Engine] = []

    async def start(**options: Any) -> Bench:
        options.setdefault("reach", Reach(writes=[tmp_path]))
        engine = Engine([repository], LIMITS, **options)
        engines.append(engine)
        await engine.start()
        return Bench(engine, tmp_path)

    yield start
    for engine in engines:
        await engine.stop(0)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shipped_engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    """An engine over the models that come with the project, for all tests of a file."""
    reach = Reach(writes=[tmp_path_factory.getbasetemp()])
    engine = Engine([ROOT / "inference" / "models"], LIMITS, reach=reach)
    await engine.start()
    yield engine
    await engine.stop(0)
