"""A model as it is served: in a process of its own, given one picture after the other."""

import asyncio
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PIL import Image

from inference.engine.engine import Engine
from inference.engine.types import DecodeLimits, ImageJob, Succeeded
from quality.conditions import Pixels

LIMITS = DecodeLimits(("JPEG", "PNG"), 100_000_000, 20_000)


@dataclass(frozen=True)
class Answer:
    """What a model made of a picture, and what that took."""

    output: dict[str, Any]
    picture: Pixels | None
    """Where the output is one."""
    wall_seconds: float
    cpu_seconds: float
    """Of its process, without loading it."""
    mebibytes: float
    """Of its process at its peak, loading included (Linux)."""


class Served:
    """One model."""

    def __init__(self, runner: asyncio.Runner, engine: Engine, model: str) -> None:
        self._runner = runner
        self._engine = engine
        self._model = model
        self._version = engine.resolve(model).number
        runner.run(engine.start_instance(model, self._version))

    def ask(self, pixels: Pixels, **params: Any) -> Answer:
        """Its answer.

        Raises:
            RuntimeError: it gives none; says why.
        """
        job = ImageJob(
            id=self._engine.new_id(),
            attempt=1,
            model=self._model,
            version=self._version,
            source=_file(pixels),
            params=params,
            results=None,
        )
        cpu, began = _cpu_seconds(), time.perf_counter()
        outcome = self._runner.run(self._engine.predict(job, lambda _: None))
        wall = time.perf_counter() - began
        if not isinstance(outcome, Succeeded):
            problem = f"{self._model}: {outcome}"
            raise RuntimeError(problem)  # noqa: TRY004  # no caller's fault
        picture = None
        if outcome.output_bytes is not None:
            picture = np.array(Image.open(io.BytesIO(outcome.output_bytes)))
        return Answer(outcome.output, picture, wall, _cpu_seconds() - cpu, _peak())


@contextmanager
def served(model: str, repository: Path) -> Iterator[Served]:
    """Serves a model of a repository.

    Raises:
        JobFailure: it is not there, or not valid.
    """
    with asyncio.Runner() as runner:
        engine = Engine([repository], LIMITS)
        runner.run(engine.start())
        try:
            yield Served(runner, engine, model)
        finally:
            runner.run(engine.stop(0))


def _file(pixels: Pixels) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG", compress_level=1)
    return stream.getvalue()


def _children() -> list[psutil.Process]:
    children: list[psutil.Process] = psutil.Process().children(recursive=True)
    return children


def _cpu_seconds() -> float:
    return sum(sum(one.cpu_times()[:2]) for one in _children())


def _peak() -> float:
    statuses = (Path(f"/proc/{one.pid}/status").read_text("ascii") for one in _children())
    peaks = (line.split()[1] for text in statuses for line in text.splitlines() if "VmHWM:" in line)
    return max(map(int, peaks)) / 1024
