"""The engine's requests, batches and instances: counted as it tells, or looked at when asked."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final

from prometheus_client import Counter, Histogram
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from consumers.metrics.registry import REGISTRY
from inference.engine.model_version import ModelVersion
from inference.engine.status import State, VersionStatus
from inference.engine.types import (
    Canceled,
    Computed,
    Failed,
    GivenBack,
    Outcome,
    Succeeded,
    Timing,
)

_VERSION: Final = ("model", "version")

REQUESTS: Final = Counter(
    "darkroom_inference_requests",
    "Requests that reached a model, by protocol, outcome and (of a failure) error code.",
    [*_VERSION, "protocol", "outcome", "reason"],
    registry=REGISTRY,
)
BATCH_SIZE: Final = Histogram(
    "darkroom_inference_batch_size",
    "Items of each batch that was computed; its sum is all items.",
    _VERSION,
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
    registry=REGISTRY,
)
STAGE_SECONDS: Final = Histogram(
    "darkroom_inference_stage_seconds",
    "Where the time of a request that succeeded went: queue (in the engine), decode, compute (of "
    "its whole batch), encode.",
    [*_VERSION, "stage"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
    registry=REGISTRY,
)
LOAD_SECONDS: Final = Histogram(
    "darkroom_instance_load_seconds",
    "Time an instance took to start, load and warm up; outcome: loaded or failed.",
    [*_VERSION, "outcome"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300),
    registry=REGISTRY,
)
ENDS: Final = Counter(
    "darkroom_instance_ends",
    "Instances that ended, by cause: idle, unload, stop, crash, timeout, memory, cancel, server.",
    [*_VERSION, "cause"],
    registry=REGISTRY,
)


# Found once: Prometheus looks a metric up by its labels under a lock, each time.
_requests = cache(REQUESTS.labels)
_stage_seconds = cache(STAGE_SECONDS.labels)
_batch_size = cache(BATCH_SIZE.labels)


class EngineMetrics:
    """An observer of the engine: `inference.engine.observer.Observer`."""

    def settled(self, version: ModelVersion, outcome: Outcome) -> None:
        """Counts a request by its outcome, and the time of one that succeeded."""
        name, number = version.config.name, version.number
        word, reason = _outcome(outcome)
        _requests(name, number, outcome.job.protocol, word, reason).inc()
        if isinstance(outcome, Succeeded | Computed):
            for stage, ns in _stages(outcome.timing):
                _stage_seconds(name, number, stage).observe(ns / 1e9)

    def computed(self, version: ModelVersion, items: int) -> None:
        """Counts a batch."""
        _batch_size(version.config.name, version.number).observe(items)

    def loaded(self, version: ModelVersion, seconds: float, reason: str | None) -> None:
        """Counts a load, also one that failed."""
        outcome = "loaded" if reason is None else "failed"
        LOAD_SECONDS.labels(version.config.name, version.number, outcome).observe(seconds)

    def ended(self, version: ModelVersion, how: str) -> None:
        """Counts an instance's end."""
        ENDS.labels(version.config.name, version.number, how).inc()


class Instances:
    """What the engine has at one moment."""

    def __init__(self, index: Sequence[VersionStatus]) -> None:
        # A folder that was never valid has no version to tell of.
        self._index = [one for one in index if one.version]

    def collect(self) -> Iterator[Metric]:
        """Readiness, instances and memory of each version."""
        yield self._gauge(
            "darkroom_model_ready",
            "Whether a request for this version will be answered: 1 or 0.",
            (float(one.state == State.READY) for one in self._index),
        )
        yield self._gauge(
            "darkroom_instances",
            "Child processes that are alive and loaded.",
            (one.instances for one in self._index),
        )
        yield self._gauge(
            "darkroom_instance_memory_bytes",
            "Resident memory of a version's child processes.",
            (one.memory_bytes for one in self._index),
        )

    def _gauge(self, name: str, words: str, values: Iterable[float]) -> Metric:
        gauge = GaugeMetricFamily(name, words, labels=_VERSION)
        for one, value in zip(self._index, values, strict=True):
            gauge.add_metric([one.model, one.version], value)
        return gauge


def _outcome(outcome: Outcome) -> tuple[str, str]:
    match outcome:
        case Succeeded() | Computed():
            return "succeeded", ""
        case Failed():
            return "failed", outcome.code
        case Canceled():
            return "canceled", ""
        case GivenBack():
            return "given_back", ""


def _stages(timing: Timing) -> Iterator[tuple[str, int]]:
    yield "queue", timing.wait_ns
    yield "decode", timing.decode_ns
    yield "compute", timing.compute_ns
    yield "encode", timing.encode_ns
