"""Models that change while they serve: the old finishes what it has, the new takes the rest."""

import asyncio
import os
import shutil
import signal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from inference.engine.errors import LoadFailed, ModelNotFound
from inference.engine.status import State
from inference.engine.types import Canceled, Failed, GivenBack
from tests.unit.engine.processes import engine_children, gone, pid_of, until
from tests.unit.engine.speakers import FAILS, GROWS, said, says, status, waits_for

pytestmark = pytest.mark.slow


async def test_a_load_serves_what_is_there_now_and_what_came_before_finishes_on_the_old(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    add_model("model", waits_for(go, "old"))
    engine = await bench()
    running, waiting = engine.submit([engine.job("model", 1), engine.job("model", 2)])
    old = await pid_of(engine)
    before = engine.engine.resolve("model").sha256
    add_model("model", says("new"))
    await engine.engine.load("model")
    assert said(await engine.predict(engine.job("model", 3))) == "new"
    assert engine.engine.resolve("model").sha256 != before
    assert not running.done()
    go.touch()
    assert [said(await running), said(await waiting)] == ["old", "old"]
    await gone(old)
    assert len(engine_children()) == 1


async def test_what_runs_on_the_old_can_still_be_called_off_and_is_given_back_by_a_stop(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    add_model("model", waits_for(tmp_path / "never", "old"), config="instances.count = 2")
    engine = await bench(cancel_seconds=0.1)
    first, second = engine.submit([engine.job("model", 1), engine.job("model", 2)])
    pids = [await pid_of(engine, number) for number in (1, 2)]
    add_model("model", says("new"))
    await engine.engine.load("model")
    engine.engine.cancel(1, 1)
    assert isinstance(await first, Canceled)
    assert not second.done()
    await engine.engine.stop(0)
    assert isinstance(await second, GivenBack)
    for pid in pids:
        await gone(pid)


async def test_what_waits_for_the_old_is_given_back_when_its_last_child_is_gone(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    add_model("model", waits_for(tmp_path / "never", "old"))
    engine = await bench()
    running, waiting = engine.submit([engine.job("model", 1), engine.job("model", 2)])
    pid = await pid_of(engine)
    add_model("model", says("new"))
    await engine.engine.load("model")
    os.kill(pid, signal.SIGKILL)
    assert isinstance(await running, Failed)
    assert isinstance(await waiting, GivenBack)


async def test_no_request_is_refused_or_lost_while_a_model_is_loaded_again_and_again(
    bench: Any, add_model: Any
) -> None:
    add_model("model", says("0"))
    engine = await bench()
    outcomes: list[str] = []
    is_over = False

    async def ask(number: int) -> None:
        while not is_over:
            outcomes.append(said(await engine.predict(engine.job("model", number))))

    await engine.predict(engine.job("model"))
    asking = [asyncio.create_task(ask(number)) for number in (1, 2, 3)]
    for round_ in range(1, 4):
        add_model("model", says(str(round_)))
        await engine.engine.load("model")
        await until(partial(outcomes.__contains__, str(round_)))
    is_over = True
    await asyncio.gather(*asking)
    assert set(outcomes) == {"0", "1", "2", "3"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"load": FAILS}, "version 1: RuntimeError: no weights"),
        ({"load": "os.abort()"}, "its process ended while it loaded (SIGABRT)"),
        ({"load": GROWS, "config": "instances.memory_limit_mb = 256"}, "more than 256 MiB"),
        ({"config": "color = 'red'"}, "color"),
    ],
)
async def test_a_load_that_fails_keeps_the_old_and_says_why(
    bench: Any, add_model: Any, change: dict[str, str], reason: str
) -> None:
    add_model("model", says("old"))
    engine = await bench()
    await engine.predict(engine.job("model", 1))
    add_model("model", says("new"), **change)
    with pytest.raises(LoadFailed) as caught:
        await engine.engine.load("model")
    assert reason.lower() in caught.value.reason.lower()
    assert status(engine).state is State.READY
    assert status(engine).reason == caught.value.reason
    assert said(await engine.predict(engine.job("model", 2))) == "old"
    assert await pid_of(engine, 1) == await pid_of(engine, 2)
    assert len(engine_children()) == 1
    add_model("model", says("new"))
    await engine.engine.load("model")
    assert status(engine).reason == ""
    assert said(await engine.predict(engine.job("model", 3))) == "new"


async def test_a_version_that_was_taken_away_finishes_what_it_has(
    bench: Any, add_model: Any, repository: Path, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    add_model("model", says("one"), version="1")
    add_model("model", waits_for(go, "two"), version="2")
    engine = await bench()
    (running,) = engine.submit([engine.job("model", version="2")])
    pid = await pid_of(engine)
    shutil.rmtree(repository / "model" / "2")
    await engine.engine.load("model")
    with pytest.raises(ModelNotFound):
        engine.engine.resolve("model", "2")
    assert engine.engine.resolve("model").number == "1"
    go.touch()
    assert said(await running) == "two"
    await gone(pid)


async def test_what_is_computed_is_the_source_and_never_older_bytecode(
    bench: Any, add_model: Any, repository: Path
) -> None:
    source = repository / "model" / "1" / "model.py"
    add_model("model", says("old"))
    os.utime(source, (1e9, 1e9))
    engine = await bench()
    assert said(await engine.predict(engine.job("model"))) == "old"
    add_model("model", says("new"))
    os.utime(source, (1e9, 1e9))
    await engine.engine.load("model")
    assert said(await engine.predict(engine.job("model"))) == "new"
