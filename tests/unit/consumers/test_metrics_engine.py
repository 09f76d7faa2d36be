"""What the engine tells becomes numbers."""

from pathlib import Path

import pytest

from consumers.metrics.registry import exposition
from consumers.metrics.worker import WorkerMetrics
from inference.engine.config import ModelConfig
from inference.engine.model_version import ModelVersion
from inference.engine.observer import Observer
from inference.engine.types import (
    Canceled,
    Computed,
    Failed,
    FailureKind,
    GivenBack,
    ImageJob,
    Outcome,
    Succeeded,
    TensorJob,
    Timing,
)
from tests.exposition import Exposition, parsed

TIMING = Timing(
    wait_ns=2_000_000, decode_ns=20_000_000, compute_ns=200_000_000, encode_ns=0, batch_size=4
)
MODEL = "told-by-the-engine"
OURS = {"model": MODEL, "version": "3"}


@pytest.fixture
def version() -> ModelVersion:
    return ModelVersion(ModelConfig(name=MODEL, output_kind="text"), "3", Path("/models"), {})


def image(number: int = 7) -> ImageJob:
    return ImageJob(
        id=number,
        attempt=1,
        model=MODEL,
        version="3",
        source=Path("media/ada/secret.png"),
        params={},
        results=None,
    )


def tensors() -> TensorJob:
    return TensorJob(
        id=-1,
        attempt=1,
        model=MODEL,
        version="3",
        protocol="grpc",
        inputs={},
        outputs=("y",),
        items=2,
    )


OUTCOMES: list[tuple[Outcome, dict[str, str]]] = [
    (
        Succeeded(image(), {}, None, None, TIMING, {}),
        {"protocol": "upload", "outcome": "succeeded", "reason": ""},
    ),
    (
        Computed(tensors(), {}, TIMING, {}),
        {"protocol": "grpc", "outcome": "succeeded", "reason": ""},
    ),
    (
        Failed(tensors(), "queue_full", "Full.", FailureKind.TRANSIENT),
        {"protocol": "grpc", "outcome": "failed", "reason": "queue_full"},
    ),
    (Canceled(image()), {"protocol": "upload", "outcome": "canceled", "reason": ""}),
    (GivenBack(tensors()), {"protocol": "grpc", "outcome": "given_back", "reason": ""}),
]


def told() -> Exposition:
    return parsed(exposition())


@pytest.mark.parametrize(("outcome", "labels"), OUTCOMES)
def test_a_request_is_counted_by_its_outcome(
    version: ModelVersion, outcome: Outcome, labels: dict[str, str]
) -> None:
    metrics: Observer = WorkerMetrics()
    before = told().of("darkroom_inference_requests_total")
    metrics.settled(version, outcome)
    after = told().of("darkroom_inference_requests_total")
    grown = {key: after[key] - before.get(key, 0) for key in after if after[key] != before.get(key)}
    assert grown == {frozenset({**OURS, **labels}.items()): 1}


def test_a_success_tells_where_its_time_went(version: ModelVersion) -> None:
    def seconds() -> dict[str, float]:
        name = "darkroom_inference_stage_seconds_sum"
        stages = ("queue", "decode", "compute", "encode")
        return {stage: told().value(name, **OURS, stage=stage) for stage in stages}

    before = seconds()
    WorkerMetrics().settled(version, OUTCOMES[0][0])
    after = seconds()
    grown = {stage: pytest.approx(after[stage] - before[stage]) for stage in after}
    assert grown == {"queue": 0.002, "decode": 0.02, "compute": 0.2, "encode": 0}


def test_a_failure_tells_no_times(version: ModelVersion) -> None:
    name = "darkroom_inference_stage_seconds_count"
    before = told().of(name)
    WorkerMetrics().settled(version, OUTCOMES[2][0])
    assert told().of(name) == before


def test_batches_are_counted_by_their_size(version: ModelVersion) -> None:
    before = told()
    WorkerMetrics().computed(version, 4)
    after = told()
    name = "darkroom_inference_batch_size"
    for suffix, labels, grown in (("_sum", {}, 4), ("_bucket", {"le": "2.0"}, 0)):
        of = {**OURS, **labels}
        assert after.value(name + suffix, **of) - before.value(name + suffix, **of) == grown
    le = {**OURS, "le": "4.0"}
    assert after.value(f"{name}_bucket", **le) - before.value(f"{name}_bucket", **le) == 1


def test_loads_and_ends_are_counted_and_reasons_stay_in_the_log(version: ModelVersion) -> None:
    metrics = WorkerMetrics()
    before = told()
    metrics.loaded(version, 1.5, None)
    metrics.loaded(version, 0.2, "No such file: /models/secret/model.onnx")
    metrics.ended(version, "memory")
    after = told()
    name = "darkroom_instance_load_seconds_count"
    for outcome in ("loaded", "failed"):
        of = {**OURS, "outcome": outcome}
        assert after.value(name, **of) - before.value(name, **of) == 1
    ends = {**OURS, "cause": "memory"}
    name = "darkroom_instance_ends_total"
    assert after.value(name, **ends) - before.value(name, **ends) == 1
    assert not [value for value in after.label_values() if "secret" in value]
