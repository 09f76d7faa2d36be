"""Models that come and go leave nothing behind."""

import gc
import os
from pathlib import Path
from typing import Any

import psutil
import pytest

from inference.engine.instance import Instance
from inference.engine.pending_job import PendingJob
from inference.engine.process import ChildProcess
from inference.engine.types import Succeeded
from inference.engine.version_scheduler import VersionScheduler
from tests.unit.engine.processes import ANSWER, engine_children

pytestmark = [pytest.mark.slow, pytest.mark.own_process]

CYCLES = 200
WARM_UP_CYCLES = 20
ALLOWED_BYTES = 4 << 20
"""20 KiB a cycle: what an allocator keeps for itself."""


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def resident() -> int:
    gc.collect()
    return int(psutil.Process(os.getpid()).memory_info().rss)


def leftovers() -> int:
    kept = (VersionScheduler, Instance, ChildProcess, PendingJob)
    return sum(isinstance(thing, kept) for thing in gc.get_objects())


@pytest.mark.timeout(900)
async def test_loading_and_unloading_leaves_memory_and_descriptors_where_they_were(
    bench: Any, add_model: Any
) -> None:
    add_model("model", ANSWER)
    engine = await bench()

    async def cycle() -> None:
        await engine.engine.load("model")
        assert isinstance(await engine.predict(engine.job("model")), Succeeded)
        await engine.engine.unload("model")

    for _ in range(WARM_UP_CYCLES):
        await cycle()
    used, opened, kept = resident(), descriptors(), leftovers()
    for _ in range(CYCLES):
        await cycle()
    assert resident() - used < ALLOWED_BYTES
    assert descriptors() == opened
    assert leftovers() == kept
    assert not engine_children()
