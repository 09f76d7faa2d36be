"""Jobs that are called off, and an engine that stops."""

import asyncio
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from inference.engine.confinement import MODEL_ALONE
from inference.engine.instance import Instance
from inference.engine.launch import Launcher
from inference.engine.observer import Several
from inference.engine.pending_job import PendingJob
from inference.engine.remote import NoRemote
from inference.engine.types import Canceled, DecodeLimits, GivenBack, Succeeded
from tests.unit.engine.processes import (
    ANSWER,
    BATCHES,
    STUBBORN,
    TELL_PID,
    engine_children,
    gone,
    pid_of,
    until,
)

pytestmark = pytest.mark.slow

STEPS = "for step in range(3000):\n    request.report('steps', step / 3000)\n    time.sleep(0.01)\n"


async def test_a_running_job_lets_go_at_its_next_step_and_its_child_lives_on(
    bench: Any, add_model: Any
) -> None:
    add_model("patient", f"{TELL_PID}{STEPS}{ANSWER}")
    engine = await bench()
    (running,) = engine.submit([engine.job("patient")])
    await engine.seen("steps")
    engine.engine.cancel(1, 1)
    assert isinstance(await running, Canceled)
    engine.submit([engine.job("patient", 2)])
    assert await pid_of(engine, 2) == await pid_of(engine, 1)


async def test_a_canceled_batch_mate_leaves_the_others_their_results(
    bench: Any, add_model: Any
) -> None:
    code = f"if request.image[0, 0, 0] == 1:\n{textwrap.indent(STEPS, '    ')}{ANSWER}"
    add_model("patient", code, config=BATCHES)
    engine = await bench()
    canceled, mate = engine.submit([engine.job("patient", 1), engine.job("patient", 2)])
    await engine.seen("steps")
    engine.engine.cancel(1, 1)
    assert isinstance(await canceled, Canceled)
    assert isinstance(await mate, Succeeded)


async def test_a_stubborn_job_is_canceled_with_its_child_and_its_mates_are_given_back(
    bench: Any, add_model: Any
) -> None:
    add_model("stubborn", STUBBORN, config=BATCHES)
    engine = await bench(cancel_seconds=0.2)
    canceled, mate = engine.submit([engine.job("stubborn", 1), engine.job("stubborn", 2)])
    pid = await pid_of(engine)
    engine.engine.cancel(1, 1)
    assert isinstance(await canceled, Canceled)
    assert isinstance(await mate, GivenBack)
    await gone(pid)


async def test_a_waiting_job_is_canceled_at_once(bench: Any, add_model: Any) -> None:
    add_model("stubborn", STUBBORN)
    engine = await bench()
    running, waiting = engine.submit([engine.job("stubborn", 1), engine.job("stubborn", 2)])
    await engine.seen("pid")
    engine.engine.cancel(2, 1)
    assert isinstance(await waiting, Canceled)
    assert not running.done()


async def test_a_job_canceled_as_soon_as_it_was_taken_is_never_computed(
    bench: Any, add_model: Any
) -> None:
    add_model("steady", TELL_PID + ANSWER)
    engine = await bench()
    (canceled,) = engine.submit([engine.job("steady")])
    await asyncio.sleep(0)
    engine.engine.cancel(1, 1)
    assert isinstance(await canceled, Canceled)
    assert isinstance(await engine.predict(engine.job("steady", 2)), Succeeded)
    assert engine.computed == {2}


async def test_an_instance_that_is_stopped_before_its_batch_begins_computes_nothing(
    bench: Any, add_model: Any
) -> None:
    add_model("steady", TELL_PID + ANSWER)
    engine = await bench()
    version = engine.engine.resolve("steady")
    launcher = Launcher(DecodeLimits(("PNG",), 100, 100), MODEL_ALONE, NoRemote())
    instance = Instance(
        version,
        launcher,
        Several(),
        cancel_seconds=1,
        grew_slow=lambda _: None,
        lost_server=lambda _: None,
    )
    await instance.load()
    pending = PendingJob(engine.job("steady"), engine.progress.append)
    run = instance.run([pending])
    await instance.stop()
    await run
    assert isinstance(await pending.outcome, GivenBack)
    assert not instance.is_loaded
    assert engine.progress == []
    assert not engine_children()


async def test_a_job_canceled_while_its_model_loads_is_never_computed(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    loading = tmp_path / "loading"
    load = f"Path({str(loading)!r}).touch()\ntime.sleep(0.3)"
    add_model("slow", TELL_PID + ANSWER, load=load)
    engine = await bench()
    canceled, other = engine.submit([engine.job("slow", 1), engine.job("slow", 2)])
    await until(loading.exists)
    engine.engine.cancel(1, 1)
    assert isinstance(await canceled, Canceled)
    assert isinstance(await other, Succeeded)
    assert engine.computed == {2}


async def test_a_caller_that_goes_away_takes_its_job_along(bench: Any, add_model: Any) -> None:
    add_model("patient", STEPS + ANSWER)
    engine = await bench()
    (task,) = engine.submit([engine.job("patient")])
    await engine.seen("steps")
    task.cancel()
    await until(lambda: engine.engine.capacity("patient", "1") == 1)


async def test_stopping_lets_running_jobs_finish_and_gives_waiting_ones_back(
    bench: Any, add_model: Any
) -> None:
    add_model("brief", f"{TELL_PID}time.sleep(0.3)\n{ANSWER}")
    engine = await bench()
    running, waiting = engine.submit([engine.job("brief", 1), engine.job("brief", 2)])
    pid = await pid_of(engine)
    await engine.engine.stop(10)
    assert isinstance(await running, Succeeded)
    assert isinstance(await waiting, GivenBack)
    await gone(pid)


async def test_a_second_stop_without_grace_ends_the_first_at_once(
    bench: Any, add_model: Any
) -> None:
    add_model("stubborn", STUBBORN)
    engine = await bench()
    (running,) = engine.submit([engine.job("stubborn")])
    pid = await pid_of(engine)
    began = time.monotonic()
    graceful = asyncio.create_task(engine.engine.stop(30))
    await asyncio.sleep(0)
    await engine.engine.stop(0)
    await graceful
    assert time.monotonic() - began < 10
    assert isinstance(await running, GivenBack)
    await gone(pid)


async def test_stopping_while_a_model_loads_gives_its_jobs_back(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    loading = tmp_path / "loading"
    add_model("slow", ANSWER, load=f"Path({str(loading)!r}).touch()\ntime.sleep(60)")
    engine = await bench()
    (task,) = engine.submit([engine.job("slow")])
    await until(loading.exists)
    await engine.engine.stop(0)
    assert isinstance(await task, GivenBack)
    assert not engine_children()
