"""A child that is killed just as its batch ends."""

import asyncio
from typing import Any

import pytest

from inference.engine.process import ChildProcess
from inference.engine.running_batch import RunningBatch
from inference.engine.types import Succeeded
from tests.unit.engine.processes import ANSWER
from tests.unit.engine.recorder import Recorder

pytestmark = pytest.mark.slow


async def test_the_next_batch_is_not_given_to_a_child_that_was_killed_as_its_batch_ended(
    bench: Any, add_model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, killed = asyncio.Event(), asyncio.Event()
    listen, kill = RunningBatch.listen, ChildProcess.kill

    async def outgrown(_child: ChildProcess, _limit_bytes: int) -> None:
        await done.wait()
        if killed.is_set():
            await asyncio.Event().wait()

    async def computed(batch: RunningBatch) -> None:
        await listen(batch)
        if not killed.is_set():
            done.set()
            await killed.wait()

    def killing(child: ChildProcess) -> None:
        # Not at once: a killed child looks alive for a moment.
        asyncio.get_running_loop().call_later(0.1, kill, child)
        killed.set()

    monkeypatch.setattr(ChildProcess, "outgrown", outgrown)
    monkeypatch.setattr(RunningBatch, "listen", computed)
    monkeypatch.setattr(ChildProcess, "kill", killing)
    add_model("steady", f"time.sleep(0.3)\n{ANSWER}")
    recorder = Recorder()
    engine = await bench(observer=recorder)
    jobs = engine.submit([engine.job("steady", number) for number in (1, 2)])
    assert [type(await job) for job in jobs] == [Succeeded, Succeeded]
    assert recorder.told.count(("ended", "memory")) == 1
