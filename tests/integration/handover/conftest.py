"""A worker whose machine has a disk of its own."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from consumers.worker import handover as worker_handover
from consumers.worker.handover import HandedOverFiles
from tests.integration.handover.work import develop
from tests.integration.pipelines import Bench


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_PAUSE_SECONDS", "LONGEST_PAUSE_SECONDS", "ASK_AGAIN_SECONDS"):
        monkeypatch.setattr(worker_handover, name, 0.01)


@pytest.fixture
async def stopping() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
async def worker(bench: Callable[..., Any], stopping: asyncio.Event) -> Bench:
    made: Bench = await bench(files=HandedOverFiles(stopping), script=develop)
    return made
