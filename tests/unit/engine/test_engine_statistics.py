"""What is counted of the engine's work, and who is told of it."""

from pathlib import Path
from typing import Any

import pytest

from inference.engine.config import ModelConfig
from inference.engine.model_version import ModelVersion
from inference.engine.observer import Several
from inference.engine.statistics import Duration, Reason, Statistics
from inference.engine.types import (
    Canceled,
    Computed,
    Failed,
    FailureKind,
    GivenBack,
    ImageJob,
    Outcome,
    TensorJob,
    Timing,
)
from tests.unit.engine.processes import ANSWER, BATCHES, until
from tests.unit.engine.recorder import Recorder

VERSION = ModelVersion(
    ModelConfig(name="echo", output_kind="labels"), "1", Path("echo"), {"model.toml": "0" * 64}
)
TIMING = Timing(wait_ns=1, decode_ns=20, compute_ns=300, encode_ns=4000, batch_size=4)


def tensors(items: int) -> TensorJob:
    return TensorJob(
        id=-1, attempt=1, model="echo", version="1", inputs={}, outputs=(), items=items
    )


def computed(items: int) -> Computed:
    return Computed(tensors(items), {}, TIMING, {})


def failed(code: str, timing: Timing | None = None) -> Failed:
    return Failed(tensors(1), code, "No.", FailureKind.TRANSIENT, timing)


def test_a_request_counts_by_its_items_and_a_batch_by_its_size() -> None:
    statistics = Statistics()
    statistics.settled(VERSION, computed(1))
    statistics.settled(VERSION, computed(3))
    statistics.computed(VERSION, 4)
    counts = statistics.of("echo", "1")
    assert (counts.inference_count, counts.execution_count) == (4, 1)
    assert counts.success == Duration(2, 2 * 4321)
    assert counts.queue == Duration(2, 2)
    assert counts.compute_input == Duration(2, 40)
    assert counts.compute_infer == Duration(2, 600)
    assert counts.compute_output == Duration(2, 8000)
    assert counts.last_inference > 1_700_000_000_000
    assert list(counts.batches) == [4]
    assert counts.batches[4].compute_infer == Duration(1, 300)
    assert counts.batches[4].compute_input == Duration(1, 40)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (failed("queue_full"), Reason.REJECTED),
        (failed("queue_timeout"), Reason.REJECTED),
        (failed("model_error"), Reason.BACKEND),
        (failed("model_crashed"), Reason.BACKEND),
        (failed("invalid_input"), Reason.OTHER),
        (Canceled(tensors(1)), Reason.CANCELED),
    ],
)
def test_a_failure_counts_by_its_reason(outcome: Outcome, reason: Reason) -> None:
    statistics = Statistics()
    statistics.settled(VERSION, outcome)
    counts = statistics.of("echo", "1")
    assert {name: count for name, count in counts.failures.items() if count} == {reason: 1}
    assert counts.fail.count == 1
    assert counts.success.count == counts.inference_count == counts.last_inference == 0


def test_what_was_given_back_and_what_was_never_asked_count_nothing() -> None:
    statistics = Statistics()
    statistics.settled(VERSION, GivenBack(tensors(1)))
    assert statistics.of("echo", "1") == statistics.of("other", "7")


def test_several_observers_are_all_told() -> None:
    first, second = Recorder(), Recorder()
    both = Several(first, second)
    both.loaded(VERSION, 1.0, "no")
    both.computed(VERSION, 2)
    both.settled(VERSION, computed(1))
    both.ended(VERSION, "idle")
    assert first.told == second.told
    assert [event[0] for event in first.told] == ["loaded", "computed", "settled", "ended"]


@pytest.mark.slow
async def test_the_engine_tells_its_observer_and_its_statistics_of_everything(
    bench: Any, add_model: Any
) -> None:
    add_model("echo", ANSWER, config=f"{BATCHES}\ninstances.idle_seconds = 0.2")
    recorder = Recorder()
    engine = await bench(observer=recorder)
    for task in engine.submit([engine.job("echo", number) for number in (1, 2)]):
        await task
    refused = await engine.predict(engine.job("echo", 3, params={"speed": 1}))
    assert isinstance(refused, Failed)
    await until(lambda: ("ended", "idle") in recorder.told)
    assert sorted(recorder.told, key=str) == [
        ("computed", 2),
        ("ended", "idle"),
        ("loaded", None),
        ("settled", "Failed"),
        ("settled", "Succeeded"),
        ("settled", "Succeeded"),
    ]
    counts = engine.engine.statistics.of("echo", "1")
    assert (counts.inference_count, counts.execution_count) == (2, 1)
    assert counts.compute_infer.ns > 0
    assert counts.queue.ns > counts.compute_input.ns
    assert counts.failures[Reason.OTHER] == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "config", "how"),
    [
        ("os.abort()", "", "crash"),
        ("time.sleep(60)", "timeout_seconds = 0.2", "timeout"),
        (
            "hoard = bytearray(400 << 20); time.sleep(60)",
            "instances.memory_limit_mb = 256",
            "memory",
        ),
    ],
)
async def test_the_observer_is_told_why_a_child_ended(
    bench: Any, add_model: Any, code: str, config: str, how: str
) -> None:
    add_model("broken", code, config=config)
    recorder = Recorder()
    engine = await bench(observer=recorder)
    assert isinstance(await engine.predict(engine.job("broken")), Failed)
    assert ("ended", how) in recorder.told


@pytest.mark.slow
async def test_the_observer_is_told_of_a_load_that_failed(bench: Any, add_model: Any) -> None:
    add_model("broken", ANSWER, load="raise RuntimeError('no weights')")
    recorder = Recorder()
    engine = await bench(observer=recorder)
    outcome = await engine.predict(engine.job("broken"))
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.job, ImageJob)
    assert recorder.told == [("loaded", "RuntimeError: no weights"), ("settled", "Failed")]
