"""A version that does not load takes no work, is tried again by itself, and serves when it can."""

import asyncio
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from inference.engine import load_backoff
from inference.engine.load_backoff import LoadBackoff
from inference.engine.status import State
from inference.engine.types import Failed, FailureKind, Succeeded
from tests.unit.engine.processes import ANSWER, engine_children, until
from tests.unit.engine.recorder import Recorder
from tests.unit.engine.speakers import FAILS, said, says, status

pytestmark = pytest.mark.slow

RAISES = ("loaded", "RuntimeError: ")
BATCHES = "max_batch_size = 4"


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What did not load is tried again soon."""
    monkeypatch.setattr(load_backoff, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(load_backoff, "MAX_RETRY_SECONDS", 0.1)


def unless(file: Path, statement: str) -> str:
    return f"if not Path({str(file)!r}).exists(): {statement}"


def loads_once(file: Path) -> str:
    return f"once = Path({str(file)!r})\nif once.exists(): raise RuntimeError\nonce.touch()"


def refusals(outcomes: list[Any]) -> set[tuple[str, FailureKind]]:
    assert all(isinstance(outcome, Failed) for outcome in outcomes), outcomes
    return {(outcome.code, outcome.kind) for outcome in outcomes}


NOBODYS_FAULT = {("model_unavailable", FailureKind.INFRASTRUCTURE)}


async def test_an_instance_that_did_not_load_is_tried_again_after_a_while(
    bench: Any, add_model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_backoff, "RETRY_SECONDS", 0.0)
    go = tmp_path / "go"
    waits = f"while not Path({str(go)!r}).exists(): time.sleep(0.01)\n{ANSWER}"
    add_model("lonely", waits, load=loads_once(tmp_path / "once"), config="[instances]\ncount = 2")
    recorder = Recorder()
    engine = await bench(observer=recorder)
    tasks = engine.submit([engine.job("lonely", number) for number in (1, 2)])
    await until(lambda: recorder.told.count(RAISES) >= 2)
    assert status(engine).state is State.READY
    go.touch()
    for task in tasks:
        assert isinstance(await task, Succeeded)


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (FAILS, "RuntimeError: no weights"),
        ("import torch_that_is_not_there", "ModuleNotFoundError"),
        ("os._exit(3)", "Its process ended while it loaded (status 3)."),
        ("os.kill(os.getpid(), 9)", "Its process ended while it loaded (SIGKILL)."),
        ("time.sleep(60)", "It took longer than 1 seconds."),
        ("x = bytearray(900 << 20); time.sleep(60)", "It used more than 400 MiB of memory."),
    ],
)
async def test_a_model_that_cannot_be_loaded_takes_no_work_and_comes_back_by_itself(
    bench: Any, add_model: Any, tmp_path: Path, soon: None, trouble: str, reason: str
) -> None:
    ok = tmp_path / "ok"
    seconds = 1 if trouble.startswith("time.sleep") else 20
    config = f"{BATCHES}\nload_timeout_seconds = {seconds}\n[instances]\nmemory_limit_mb = 400"
    add_model("model", says("hello"), load=unless(ok, trouble), config=config)
    engine = await bench()
    assert engine.engine.capacity("model", "1") == 8
    tasks = engine.submit([engine.job("model", number) for number in range(1, 9)])
    assert refusals([await task for task in tasks]) == NOBODYS_FAULT
    assert engine.engine.capacity("model", "1") == 0
    assert status(engine).state is State.UNAVAILABLE
    assert status(engine).reason.startswith(reason)
    ok.touch()
    await until(lambda: status(engine).state is State.READY)
    assert engine.engine.capacity("model", "1") == 8
    assert status(engine).reason == ""
    assert said(await engine.predict(engine.job("model"))) == "hello"


async def test_while_a_version_is_down_requests_are_refused_at_once_and_start_no_process(
    bench: Any, add_model: Any
) -> None:
    add_model("model", ANSWER, load=FAILS)
    recorder = Recorder()
    engine = await bench(observer=recorder)
    assert refusals([await engine.predict(engine.job("model"))]) == NOBODYS_FAULT
    tasks = engine.submit([engine.job("model", number) for number in (-1, 2, -3)])
    assert refusals([await task for task in tasks]) == NOBODYS_FAULT
    assert [fact for fact in recorder.told if fact[0] == "loaded"] == [
        ("loaded", "RuntimeError: no weights")
    ]


async def test_a_file_that_changed_while_its_model_was_idle_blames_no_job(
    bench: Any, add_model: Any, soon: None
) -> None:
    idle = "[instances]\nidle_seconds = 0.01"
    add_model("model", says("first"), config=idle)
    engine = await bench()
    assert said(await engine.predict(engine.job("model"))) == "first"
    await until(lambda: status(engine).instances == 0)
    add_model("model", says("changed"), config=idle)
    assert refusals([await engine.predict(engine.job("model"))]) == NOBODYS_FAULT
    assert status(engine).state is State.UNAVAILABLE
    add_model("model", says("first"), config=idle)
    await until(lambda: status(engine).state is State.READY)
    assert said(await engine.predict(engine.job("model"))) == "first"


async def test_a_process_that_cannot_be_started_blames_no_job(
    bench: Any, add_model: Any, soon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_model("model", says("hello"))
    engine = await bench()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/nonexistent/python")
        assert refusals([await engine.predict(engine.job("model"))]) == NOBODYS_FAULT
        assert status(engine).reason == "No process could be started: No such file or directory."
    await until(lambda: status(engine).state is State.READY)
    assert said(await engine.predict(engine.job("model"))) == "hello"


async def test_without_descriptors_no_process_starts_and_no_job_is_blamed(
    bench: Any, add_model: Any, soon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left() -> Any:
        raise OSError(24, os.strerror(24))

    add_model("model", says("hello"))
    engine = await bench()
    with monkeypatch.context() as patch:
        patch.setattr(socket, "socketpair", none_left)
        assert refusals([await engine.predict(engine.job("model"))]) == NOBODYS_FAULT
    await until(lambda: status(engine).state is State.READY)


async def test_what_is_stopped_or_unloaded_while_it_is_down_is_not_tried_again(
    bench: Any, add_model: Any, tmp_path: Path, soon: None
) -> None:
    for name in ("stopped", "unloaded"):
        add_model(name, ANSWER, load=unless(tmp_path / "ok", FAILS))
    recorder = Recorder()
    engine = await bench(observer=recorder)
    for name in ("stopped", "unloaded"):
        assert refusals([await engine.predict(engine.job(name))]) == NOBODYS_FAULT
    await engine.engine.unload("unloaded")
    await engine.engine.stop(0)
    told = list(recorder.told)
    (tmp_path / "ok").touch()
    await asyncio.sleep(0.3)
    assert recorder.told == told
    assert not engine_children()


async def test_each_pause_is_twice_as_long_until_a_load_succeeds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = asyncio.get_running_loop()
    pauses: list[float] = []
    call_later = loop.call_later

    def noted(delay: float, *args: Any, **options: Any) -> Any:
        pauses.append(delay)
        return call_later(delay, *args, **options)

    monkeypatch.setattr(loop, "call_later", noted)
    backoff = LoadBackoff(lambda: None)
    for _ in range(6):
        backoff.failed("no", is_down=True)
        assert (backoff.is_down, backoff.is_due) == (True, False)
    backoff.succeeded()
    assert (backoff.is_down, backoff.is_due, backoff.reason) == (False, True, "")
    backoff.failed("no", is_down=True)
    backoff.stop()
    assert pauses == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0, 5.0]
