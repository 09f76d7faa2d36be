"""While one child is long at something, others compute what waits: real children."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inference.engine import batch_watch, instances
from inference.engine.types import GivenBack, Succeeded
from tests.unit.engine.processes import ANSWER, TELL_PID, pid_of, until
from tests.unit.engine.recorder import Recorder

pytestmark = pytest.mark.slow

CONFIG = "[instances]\nextra = {extra}\nidle_seconds = {idle_seconds}"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes half a second is slow."""
    monkeypatch.setattr(batch_watch, "SLOW_SECONDS", 0.5)


@pytest.fixture
def add_slow(add_model: Any, tmp_path: Path) -> Callable[..., Path]:
    """Adds a model that computes images of a number below 10 until the file exists."""

    def add(extra: int = 2, idle_seconds: float = 300) -> Path:
        go = tmp_path / "go"
        is_slow = f"request.image[0, 0, 0] < 10 and not Path({str(go)!r}).exists()"
        code = f"{TELL_PID}while {is_slow}: time.sleep(0.01)\n{ANSWER}"
        add_model("slow", code, CONFIG.format(extra=extra, idle_seconds=idle_seconds))
        return go

    return add


def room(engine: Any) -> tuple[int, int]:
    """For how many jobs with a row, and with the place that is reserved."""
    of = engine.engine.capacity
    return of("slow", "1"), of("slow", "1", reserved=True)


async def until_room(engine: Any, *wanted: int) -> None:
    await until(lambda: room(engine) == wanted)


async def test_what_waits_is_computed_beside_a_slow_one(bench: Any, add_slow: Any) -> None:
    go = add_slow()
    engine = await bench()
    slow, waiting = engine.submit([engine.job("slow", 1), engine.job("slow", 10)])
    await pid_of(engine, 1)
    assert room(engine) == (0, 0)
    assert isinstance(await waiting, Succeeded)
    assert not slow.done()
    assert await pid_of(engine, 1) != await pid_of(engine, 10)
    go.touch()
    assert isinstance(await slow, Succeeded)
    assert room(engine) == (1, 1)


async def test_the_last_place_is_for_people_of_whom_nothing_is_computed(
    bench: Any, add_slow: Any
) -> None:
    go = add_slow()
    engine = await bench()
    first = engine.submit([engine.job("slow", 1, user_id=1)])
    await until_room(engine, 1, 1)
    second = engine.submit([engine.job("slow", 2, user_id=1)])
    await until_room(engine, 0, 1)
    third, program, theirs = engine.submit(
        [
            engine.job("slow", 11, user_id=1),
            engine.job("slow", 12, id=-12),
            engine.job("slow", 13, user_id=2),
        ]
    )
    assert isinstance(await theirs, Succeeded)
    assert not third.done()
    assert not program.done()
    go.touch()
    for task in (*first, *second, third, program):
        assert isinstance(await task, Succeeded)


async def test_where_no_extra_one_is_allowed_what_waits_goes_on_waiting(
    bench: Any, add_slow: Any
) -> None:
    go = add_slow(extra=0)
    recorder = Recorder()
    engine = await bench(observer=recorder)
    slow, waiting = engine.submit([engine.job("slow", 1), engine.job("slow", 10)])
    await pid_of(engine, 1)
    await asyncio.sleep(1)  # twice as long as makes it slow
    assert room(engine) == (0, 0)
    assert not waiting.done()
    go.touch()
    assert isinstance(await slow, Succeeded)
    assert isinstance(await waiting, Succeeded)
    assert recorder.told.count(("loaded", None)) == 1


async def test_children_that_helped_out_end_when_they_are_not_needed_any_more(
    bench: Any, add_slow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instances, "EXTRA_IDLE_SECONDS", 0.2)
    go = add_slow(idle_seconds=0)
    recorder = Recorder()
    engine = await bench(observer=recorder)
    slow, waiting = engine.submit([engine.job("slow", 1), engine.job("slow", 10)])
    await waiting
    await until(lambda: ("ended", "idle") in recorder.told)
    go.touch()
    await slow
    await asyncio.sleep(1)  # several times as long as one more than is configured may lie idle
    assert recorder.told.count(("ended", "idle")) == 1
    assert isinstance(await engine.predict(engine.job("slow", 11)), Succeeded)
    assert recorder.told.count(("loaded", None)) == 2


async def test_batch_mates_of_what_is_slow_to_come_are_computed_by_another(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    config = "max_batch_size = 4\nbatching.max_queue_delay_ms = 500"
    add_model("quick", "return LabelsOutput([('batch', self.size)])", config)
    engine = await bench()
    hanging = tmp_path / "hanging.png"
    os.mkfifo(hanging)
    jobs = [engine.job("quick", number) for number in (1, 2, 3, 4)]
    content = await asyncio.to_thread(jobs[1].source.read_bytes)
    jobs[1] = engine.job("quick", 2, source=hanging)
    before, slow, *after = engine.submit(jobs)
    pipe = await asyncio.to_thread(hanging.open, "wb")
    for task in (before, *after):
        outcome = await task
        assert isinstance(outcome, Succeeded)
        assert outcome.timing.batch_size == 3
    assert not slow.done()
    pipe.write(content)
    pipe.close()
    outcome = await slow
    assert isinstance(outcome, Succeeded)
    assert outcome.timing.batch_size == 1


async def test_what_a_slow_one_let_go_of_is_given_back_when_all_ends(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    config = "max_batch_size = 2\nbatching.max_queue_delay_ms = 500\n[instances]\nextra = 0"
    add_model("quick", ANSWER, config)
    engine = await bench()
    hanging = tmp_path / "hanging.png"
    os.mkfifo(hanging)
    tasks = engine.submit([engine.job("quick", 1, source=hanging), engine.job("quick", 2)])
    pipe = await asyncio.to_thread(hanging.open, "wb")
    await engine.engine.stop(1.5)  # long enough to become slow
    assert [type(await task) for task in tasks] == [GivenBack, GivenBack]
    pipe.close()
