"""Models that are loaded, unloaded and changed while they serve."""

import asyncio
import os
import shutil
import signal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from inference.engine.errors import LoadFailed, ModelNotFound
from inference.engine.status import State, VersionStatus
from inference.engine.types import Canceled, Failed, GivenBack, Outcome, Succeeded
from tests.unit.engine.processes import TELL_PID, engine_children, gone, pid_of, until

pytestmark = pytest.mark.slow

FAILS = "raise RuntimeError('no weights')"
GROWS = "hoard = bytearray(400 << 20); time.sleep(60)"


def says(word: str) -> str:
    return f"{TELL_PID}return LabelsOutput([({word!r}, 1)])"


def said(outcome: Outcome) -> str:
    assert isinstance(outcome, Succeeded), outcome
    return str(outcome.output["labels"][0]["label"])


def waits_for(file: Path, word: str) -> str:
    return f"{TELL_PID}while not Path({str(file)!r}).exists(): time.sleep(0.01)\n{says(word)}"


def status(engine: Any, version: str = "1") -> VersionStatus:
    statuses: list[VersionStatus] = engine.engine.index()
    (found,) = [one for one in statuses if one.version == version]
    return found


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
    assert outcomes == sorted(outcomes)
    assert outcomes[-1] == "3"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"load": FAILS}, "version 1: RuntimeError: no weights"),
        ({"load": "os.abort()"}, "its process ended while it loaded (SIGABRT)"),
        ({"load": GROWS, "config": "instances.memory_limit_mb = 256"}, "more than 256 MiB"),
        ({"config": "colour = 'red'"}, "colour"),
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


async def test_a_folder_that_is_new_is_served_once_it_is_loaded(bench: Any, add_model: Any) -> None:
    engine = await bench()
    add_model("model", says("hello"))
    await engine.engine.load("model")
    assert said(await engine.predict(engine.job("model"))) == "hello"
    assert list(engine.engine.repository.models) == ["model"]


async def test_an_unload_finishes_what_is_here_and_ends_the_children(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    add_model("model", waits_for(go, "done"))
    engine = await bench()
    running, waiting = engine.submit([engine.job("model", 1), engine.job("model", 2)])
    pid = await pid_of(engine)
    assert status(engine).instances == 1
    assert status(engine).memory_bytes > 1 << 20
    unload = asyncio.create_task(engine.engine.unload("model"))
    await asyncio.sleep(0)
    assert status(engine).state is State.UNLOADING
    refused = await engine.predict(engine.job("model", 3))
    assert isinstance(refused, Failed)
    assert refused.message == "The model model is unloaded."
    go.touch()
    await unload
    assert [said(await running), said(await waiting)] == ["done", "done"]
    await gone(pid)
    state = status(engine)
    assert (state.state, state.instances, state.memory_bytes) == (State.UNAVAILABLE, 0, 0)
    await engine.engine.load("model")
    assert said(await engine.predict(engine.job("model", 4))) == "done"


@pytest.mark.parametrize("last", ["load", "unload"])
async def test_of_loads_and_unloads_at_once_the_last_counts(
    bench: Any, add_model: Any, last: str
) -> None:
    add_model("model", says("hello"))
    engine = await bench()
    wishes = ["load", "unload", "load", "unload"]
    wishes += [last] if last != wishes[-1] else []
    await asyncio.gather(*(getattr(engine.engine, wish)("model") for wish in wishes))
    loaded = last == "load"
    assert status(engine).state is (State.READY if loaded else State.UNAVAILABLE)
    await until(lambda: len(engine_children()) == loaded)


async def test_a_model_is_loading_until_it_is_ready(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    load = f"while not Path({str(go)!r}).exists(): time.sleep(0.01)"
    add_model("model", says("hello"), load=load)
    engine = await bench()
    await engine.engine.unload("model")
    loading = asyncio.create_task(engine.engine.load("model"))
    await until(lambda: status(engine).state is State.LOADING)
    refused = await engine.predict(engine.job("model"))
    assert isinstance(refused, Failed)
    assert refused.message == "The model model is being loaded."
    go.touch()
    await loading
    assert status(engine).state is State.READY
    assert status(engine).instances == 1


async def test_a_load_that_is_canceled_leaves_everything_as_it_was(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    began = tmp_path / "began"
    add_model("model", says("old"))
    engine = await bench()
    await engine.predict(engine.job("model", 1))
    add_model("model", says("new"), load=f"Path({str(began)!r}).touch()\ntime.sleep(60)")
    loading = asyncio.create_task(engine.engine.load("model"))
    await until(began.exists)
    loading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loading
    assert len(engine_children()) == 1
    assert said(await engine.predict(engine.job("model", 2))) == "old"
    add_model("model", says("newer"))
    await engine.engine.load("model")
    assert said(await engine.predict(engine.job("model", 3))) == "newer"


async def test_stopping_cuts_a_load_short(bench: Any, add_model: Any, tmp_path: Path) -> None:
    began = tmp_path / "began"
    add_model("model", says("hello"), load=f"Path({str(began)!r}).touch()\ntime.sleep(60)")
    engine = await bench()
    first = asyncio.create_task(engine.engine.load("model"))
    second = asyncio.create_task(engine.engine.load("model"))
    await until(began.exists)
    async with asyncio.timeout(20):
        await engine.engine.stop(60)
        for loading in (first, second):
            with pytest.raises(LoadFailed):
                await loading
    assert not engine_children()


async def test_a_first_load_that_fails_makes_a_model_unavailable_until_one_succeeds(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    ok = tmp_path / "ok"
    add_model("model", says("hello"), load=f"if not Path({str(ok)!r}).exists(): {FAILS}")
    engine = await bench()
    outcomes = engine.submit([engine.job("model", number) for number in (1, 2)])
    for outcome in outcomes:
        assert (await outcome).code == "model_unavailable"
    assert status(engine).state is State.UNAVAILABLE
    assert status(engine).reason == "RuntimeError: no weights"
    ok.touch()
    assert said(await engine.predict(engine.job("model", 3))) == "hello"
    assert status(engine).state is State.READY
    assert status(engine).reason == ""


async def test_a_preloaded_model_starts_all_its_instances_and_they_stay(
    bench: Any, add_model: Any
) -> None:
    settings = "[instances]\npreload = true\ncount = 2\nidle_seconds = 0"
    add_model("model", says("hello"), config=settings)
    engine = await bench()
    assert status(engine).state is State.LOADING
    await until(lambda: status(engine).instances == 2)
    assert status(engine).state is State.READY
    assert said(await engine.predict(engine.job("model"))) == "hello"
    assert await pid_of(engine) in {child.pid for child in engine_children()}


async def test_a_model_whose_file_changed_unnoticed_is_not_started(
    bench: Any, add_model: Any, repository: Path
) -> None:
    add_model("model", says("read"))
    engine = await bench()
    add_model("model", says("changed"))
    outcome = await engine.predict(engine.job("model"))
    assert outcome.code == "model_unavailable"
    file = repository / "model" / "1" / "model.py"
    assert status(engine).reason == f"{file} changed since it was read; load the model again."
    await engine.engine.load("model")
    assert said(await engine.predict(engine.job("model"))) == "changed"
