"""Models that are loaded and unloaded, and what is told of them."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from inference.engine import load_backoff
from inference.engine.errors import LoadFailed, ModelNotFound
from inference.engine.status import State
from inference.engine.types import Failed
from tests.unit.engine.processes import engine_children, gone, pid_of, until
from tests.unit.engine.speakers import FAILS, said, says, status, waits_for

pytestmark = pytest.mark.slow


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
    desired_states = ["load", "unload", "load", "unload"]
    desired_states += [last] if last != desired_states[-1] else []
    await asyncio.gather(*(getattr(engine.engine, wish)("model") for wish in desired_states))
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
    bench: Any, add_model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_backoff, "RETRY_SECONDS", 0.1)
    ok = tmp_path / "ok"
    add_model("model", says("hello"), load=f"if not Path({str(ok)!r}).exists(): {FAILS}")
    engine = await bench()
    outcomes = engine.submit([engine.job("model", number) for number in (1, 2)])
    for outcome in outcomes:
        assert (await outcome).code == "model_unavailable"
    assert status(engine).state is State.UNAVAILABLE
    assert status(engine).reason == "RuntimeError: no weights"
    ok.touch()
    await until(lambda: status(engine).state is State.READY)
    assert said(await engine.predict(engine.job("model", 3))) == "hello"
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


async def test_a_model_can_be_preloaded_that_does_not_ask_for_it(
    bench: Any, add_model: Any
) -> None:
    add_model("model", says("old"), version="1")
    add_model("model", says("hello"), version="2")
    engine = await bench()
    engine.engine.preload("model")
    engine.engine.preload("model")
    assert [one.state for one in engine.engine.index()] == [State.READY, State.LOADING]
    await until(lambda: [one.instances for one in engine.engine.index()] == [0, 1])
    assert said(await engine.predict(engine.job("model", version="2"))) == "hello"
    assert len(engine_children()) == 1


async def test_what_is_being_loaded_for_a_job_is_not_preloaded_a_second_time(
    bench: Any, add_model: Any
) -> None:
    add_model("model", says("hello"))
    engine = await bench()
    (job,) = engine.submit([engine.job("model")])
    await until(lambda: bool(engine_children()))
    engine.engine.preload("model")
    assert said(await job) == "hello"
    assert len(engine_children()) == 1


async def test_an_unloaded_model_is_not_preloaded(bench: Any, add_model: Any) -> None:
    add_model("model", says("hello"))
    engine = await bench()
    await engine.engine.unload("model")
    engine.engine.preload("model")
    assert status(engine).state is State.UNAVAILABLE
    assert not engine_children()
    with pytest.raises(ModelNotFound):
        engine.engine.preload("no-such-model")


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
