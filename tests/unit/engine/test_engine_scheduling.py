"""Who waits for whom, how long, and who is refused."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from inference.engine.types import Failed, Outcome, Succeeded
from tests.unit.engine.processes import ANSWER, BATCHES, TELL_PID, pid_of, until
from tests.unit.engine.recorder import Recorder

pytestmark = pytest.mark.slow


def failure(outcome: Outcome) -> str:
    assert isinstance(outcome, Failed), outcome
    assert outcome.message.endswith(".")
    return outcome.code


def until_told(file: Path) -> str:
    return f"{TELL_PID}while not Path({str(file)!r}).exists(): time.sleep(0.01)\n{ANSWER}"


def request(engine: Any, model: str, number: int, **changes: Any) -> Any:
    """A job that has no row: it came as a request, not as an upload."""
    return engine.job(model, number, id=-number, **changes)


async def test_a_full_queue_refuses_at_once_but_never_what_was_claimed(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    add_model("busy", until_told(go), config="[batching]\nmax_queue_size = 2")
    engine = await bench()
    running = engine.submit([request(engine, "busy", 1)])
    await pid_of(engine, -1)
    waiting = engine.submit([request(engine, "busy", number) for number in (2, 3)])
    await asyncio.sleep(0)
    assert failure(await engine.predict(request(engine, "busy", 4))) == "queue_full"
    assert engine.engine.capacity("busy", "1") == 1
    waiting += engine.submit([engine.job("busy", 5)])
    await asyncio.sleep(0)
    assert engine.engine.capacity("busy", "1") == 0
    go.touch()
    for task in running + waiting:
        assert isinstance(await task, Succeeded)


async def test_jobs_hold_only_so_many_bytes_together(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    add_model("busy", until_told(go))
    add_model("other", ANSWER)
    engine = await bench(max_queued_bytes=1000)
    image = (await asyncio.to_thread(engine.job("busy", 1).source.read_bytes)).ljust(600, b"\0")
    running = engine.submit([request(engine, "busy", 1, source=image)])
    await pid_of(engine, -1)
    refused = await engine.predict(request(engine, "other", 2, source=image))
    assert failure(refused) == "queue_full"
    assert isinstance(await engine.predict(request(engine, "other", 3)), Succeeded)
    go.touch()
    assert isinstance(await running[0], Succeeded)
    assert isinstance(await engine.predict(request(engine, "other", 4, source=image)), Succeeded)


async def test_who_waited_too_long_is_told_while_the_model_is_still_busy(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    add_model("busy", until_told(go), config="[batching]\ntimeout_ms = 100")
    engine = await bench()
    (running,) = engine.submit([request(engine, "busy", 1, queue_timeout=30)])
    await pid_of(engine, -1)
    own, models, claimed = engine.submit(
        [
            request(engine, "busy", 2, queue_timeout=0.05),
            request(engine, "busy", 3),
            engine.job("busy", 4),
        ]
    )
    assert failure(await own) == "queue_timeout"
    assert failure(await models) == "queue_timeout"
    assert not running.done()
    assert not claimed.done()
    go.touch()
    assert isinstance(await running, Succeeded)
    assert isinstance(await claimed, Succeeded)


async def test_a_request_whose_time_is_over_while_its_model_loads_is_not_computed(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    load = f"while not Path({str(go)!r}).exists(): time.sleep(0.01)"
    add_model("slow", TELL_PID + ANSWER, load=load)
    engine = await bench()
    outcome = await engine.predict(request(engine, "slow", 1, queue_timeout=0.05))
    assert failure(outcome) == "queue_timeout"
    go.touch()
    assert isinstance(await engine.predict(request(engine, "slow", 2)), Succeeded)
    assert engine.computed == {-2}


async def test_several_instances_work_at_the_same_time(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    both = f"""
    Path({str(tmp_path)!r}, 'met%d' % request.image[0, 0, 0]).touch()
    while len(list(Path({str(tmp_path)!r}).glob('met*'))) < 2: time.sleep(0.01)
    return LabelsOutput([('pid', os.getpid())])
    """
    add_model("pair", both, config="[instances]\ncount = 2")
    engine = await bench()
    first, second = engine.submit([engine.job("pair", number) for number in (1, 2)])
    pids = {outcome.output["labels"][0]["score"] for outcome in (await first, await second)}
    assert len(pids) == 2


async def test_an_instance_that_does_not_load_leaves_the_work_to_those_that_did(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    once, go = tmp_path / "once", tmp_path / "go"
    load = f"once = Path({str(once)!r})\nif once.exists(): raise RuntimeError\nonce.touch()"
    add_model("lonely", until_told(go), load=load, config="[instances]\ncount = 2")
    add_model("other", ANSWER)
    recorder = Recorder()
    engine = await bench(observer=recorder)
    tasks = engine.submit([engine.job("lonely", number) for number in (1, 2, 3)])
    failed = ("loaded", "RuntimeError: ")
    await until(lambda: failed in recorder.told)
    for _ in range(2):  # long enough to try again
        await engine.engine.load("other")
    assert recorder.told.count(failed) == 1
    go.touch()
    for task in tasks:
        assert isinstance(await task, Succeeded)


async def test_jobs_that_come_while_a_model_loads_share_its_first_batch(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    began, go = tmp_path / "began", tmp_path / "go"
    load = f"Path({str(began)!r}).touch()\nwhile not Path({str(go)!r}).exists(): time.sleep(0.01)"
    add_model("late", "return LabelsOutput([('batch', self.size)])", load=load, config=BATCHES)
    engine = await bench()
    (first,) = engine.submit([engine.job("late", 1)])
    await until(began.exists)
    (second,) = engine.submit([engine.job("late", 2)])
    await asyncio.sleep(0)
    go.touch()
    sizes = [(await task).timing.batch_size for task in (first, second)]
    assert sizes == [2, 2]


async def test_the_next_batch_is_at_the_child_before_who_waited_for_the_last_goes_on(
    bench: Any, add_model: Any
) -> None:
    add_model("steady", TELL_PID + ANSWER)
    engine = await bench()
    await engine.predict(engine.job("steady", 1))
    instances = engine.engine._scheduler("steady", "")._instances
    at_hand: list[int] = []

    async def ask() -> None:
        await engine.predict(engine.job("steady", 2))
        at_hand.extend(pending.job.id for pending in instances.pending_jobs())

    await asyncio.gather(ask(), engine.predict(engine.job("steady", 3)))
    assert at_hand == [3]
