"""What takes too long: whose doing it was, and what it costs the others of its batch."""

import asyncio
import io
import os
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from inference.engine.types import Failed, FailureKind, GivenBack, Outcome, Succeeded
from tests.busy_core import busy_core
from tests.unit.engine.processes import ANSWER, STUBBORN
from tests.unit.engine.test_work_clock import needs_schedstat

pytestmark = pytest.mark.slow

BATCHES = "timeout_seconds = 0.5\nmax_batch_size = 3\nbatching.max_queue_delay_ms = 2000"


def failure(outcome: Outcome) -> tuple[str, FailureKind]:
    assert isinstance(outcome, Failed), outcome
    return outcome.code, outcome.kind


def slow_to_decode(path: Path, side: int = 4000, scans: int = 150) -> Path:
    """A progressive JPEG whose last scan comes again and again: some seconds for a fast core."""
    memory = io.BytesIO()
    Image.new("L", (side, side), 128).save(memory, "JPEG", progressive=True, quality=50)
    data = memory.getvalue()
    scan, end = data.rfind(b"\xff\xda"), data.rfind(b"\xff\xd9")
    path.write_bytes(data[:end] + data[scan:end] * scans + data[end:])
    return path


@needs_schedstat
async def test_what_waits_for_a_core_is_not_ended(bench: Any, add_model: Any) -> None:
    with busy_core() as core:
        compute = f"""
        os.sched_setaffinity(0, {{{core}}})
        end = time.process_time() + 0.6
        while time.process_time() < end: pass
        {ANSWER}
        """
        add_model("starved", compute, config="timeout_seconds = 1")
        engine = await bench()
        outcome = await engine.predict(engine.job("starved"))
    assert isinstance(outcome, Succeeded)
    assert outcome.timing.compute_ns > 1e9


async def test_what_computes_without_an_end_is_ended_on_a_busy_core_too(
    bench: Any, add_model: Any
) -> None:
    with busy_core() as core:
        endless = f"os.sched_setaffinity(0, {{{core}}})\nwhile True: pass"
        add_model("endless", endless, config="timeout_seconds = 0.3")
        engine = await bench()
        outcome = await engine.predict(engine.job("endless"))
    assert failure(outcome) == ("timeout", FailureKind.TIMEOUT)
    assert outcome.message == "The model took longer than 0.3 seconds."


async def test_a_file_that_takes_too_long_to_decode_fails_for_good(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    add_model("quick", ANSWER, config="timeout_seconds = 0.5")
    engine = await bench()
    source = slow_to_decode(tmp_path / "scans.jpg")
    outcome = await engine.predict(engine.job("quick", source=source))
    assert failure(outcome) == ("timeout", FailureKind.PERMANENT)
    assert outcome.message == "The file takes too long to decode: more than 0.5 seconds."
    assert isinstance(await engine.predict(engine.job("quick", 2)), Succeeded)


async def test_of_a_batch_only_the_file_that_is_being_decoded_is_blamed(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    add_model("quick", ANSWER, config=BATCHES)
    engine = await bench()
    source = slow_to_decode(tmp_path / "scans.jpg")
    jobs = [engine.job("quick", 1), engine.job("quick", 2, source=source), engine.job("quick", 3)]
    decoded, slow, waiting = engine.submit(jobs)
    assert failure(await slow) == ("timeout", FailureKind.PERMANENT)
    assert isinstance(await decoded, GivenBack)
    assert isinstance(await waiting, GivenBack)


async def test_a_storage_that_does_not_answer_is_not_the_files_doing(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    add_model("quick", ANSWER, config="timeout_seconds = 0.3")
    engine = await bench()
    hanging = tmp_path / "hanging.png"
    os.mkfifo(hanging)
    outcome = await engine.predict(engine.job("quick", source=hanging))
    assert failure(outcome) == ("source_unavailable", FailureKind.INFRASTRUCTURE)


@pytest.mark.parametrize("count", [1, 3])
async def test_in_the_model_all_that_it_computes_are_blamed_and_told_whether_they_shared(
    bench: Any, add_model: Any, count: int
) -> None:
    add_model("stuck", STUBBORN, config=BATCHES)
    engine = await bench()
    for task in engine.submit([engine.job("stuck", number) for number in range(1, count + 1)]):
        outcome = await task
        assert failure(outcome) == ("timeout", FailureKind.TIMEOUT)
        assert outcome.shared is (count > 1)


async def test_each_image_of_a_batch_has_the_time_to_itself(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    add_model("quick", ANSWER, config=BATCHES.replace("0.5", "1"))
    engine = await bench()
    pipes = [tmp_path / f"{number}.pipe" for number in (1, 2, 3)]
    content = await asyncio.to_thread(engine.job("quick", 9).source.read_bytes)
    for pipe in pipes:
        os.mkfifo(pipe)
    tasks = engine.submit(
        [engine.job("quick", number, source=pipe) for number, pipe in enumerate(pipes, start=1)]
    )
    began = time.monotonic()
    for pipe in pipes:
        file = await asyncio.to_thread(pipe.open, "wb")
        await asyncio.sleep(0.5)
        file.write(content)
        file.close()
    assert [type(await task) for task in tasks] == [Succeeded] * 3
    assert time.monotonic() - began > 1
