"""What was computed so far, in the words of the protocol's statistics."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from inference.engine.model_version import ModelVersion
from inference.engine.types import (
    Canceled,
    Computed,
    Failed,
    GivenBack,
    Outcome,
    Succeeded,
    TensorJob,
    Timing,
)


class Reason(StrEnum):
    """Why requests failed, in the protocol's words."""

    REJECTED = "REJECTED"
    """The queue was full, or the wait too long."""
    CANCELED = "CANCELED"
    BACKEND = "BACKEND"
    """The model or its process failed."""
    OTHER = "OTHER"


_REASONS: Final[Mapping[str, Reason]] = {
    "queue_full": Reason.REJECTED,
    "queue_timeout": Reason.REJECTED,
    "model_error": Reason.BACKEND,
    "model_crashed": Reason.BACKEND,
    "model_unavailable": Reason.BACKEND,
    "out_of_memory": Reason.BACKEND,
    "timeout": Reason.BACKEND,
}


@dataclass
class Duration:
    """How often something was done, and how long it took in all."""

    count: int = 0
    ns: int = 0

    def add(self, ns: int) -> None:
        """It was done once more."""
        self.count += 1
        self.ns += ns


@dataclass
class BatchStatistics:
    """Where the time of the batches of one size went."""

    compute_input: Duration = field(default_factory=Duration)
    compute_infer: Duration = field(default_factory=Duration)
    compute_output: Duration = field(default_factory=Duration)


@dataclass
class VersionStatistics:
    """What one version did since the engine started."""

    inference_count: int = 0
    """Items computed: an image is one, a request of n tensors n."""
    execution_count: int = 0
    """Batches computed."""
    last_inference: int = 0
    """When the last request succeeded, in milliseconds since 1970; 0: none did."""
    success: Duration = field(default_factory=Duration)
    fail: Duration = field(default_factory=Duration)
    queue: Duration = field(default_factory=Duration)
    compute_input: Duration = field(default_factory=Duration)
    compute_infer: Duration = field(default_factory=Duration)
    compute_output: Duration = field(default_factory=Duration)
    failures: dict[Reason, int] = field(default_factory=lambda: dict.fromkeys(Reason, 0))
    """The failed requests by their reason."""
    batches: dict[int, BatchStatistics] = field(default_factory=dict)
    """By how many items they had."""


class Statistics:
    """Counts for each version of each model: an observer of the engine.

    A job that was given back counts nowhere: it was neither answered nor refused.
    """

    def __init__(self) -> None:
        self._versions: dict[tuple[str, str], VersionStatistics] = {}

    def of(self, model: str, version: str) -> VersionStatistics:
        """What this version did; zeros for one that was never asked."""
        return self._versions.get((model, version)) or VersionStatistics()

    def settled(self, version: ModelVersion, outcome: Outcome) -> None:
        """Counts a request by its outcome."""
        counts = self._counts(version)
        match outcome:
            case Succeeded() | Computed():
                _succeeded(counts, outcome)
            case Failed():
                counts.fail.add(_total(outcome.timing) if outcome.timing else 0)
                counts.failures[_REASONS.get(outcome.code, Reason.OTHER)] += 1
            case Canceled():
                counts.fail.add(0)
                counts.failures[Reason.CANCELED] += 1
            case GivenBack():
                pass

    def computed(self, version: ModelVersion, items: int) -> None:
        """Counts a batch."""
        counts = self._counts(version)
        counts.execution_count += 1
        batch = _batch(counts, items)
        for duration in (batch.compute_input, batch.compute_infer, batch.compute_output):
            duration.count += 1

    def loaded(self, version: ModelVersion, seconds: float, reason: str | None) -> None:
        """The protocol does not count it."""

    def ended(self, version: ModelVersion, how: str) -> None:
        """The protocol does not count it."""

    def _counts(self, version: ModelVersion) -> VersionStatistics:
        key = (version.config.name, version.number)
        found = self._versions.get(key)
        if found is None:
            found = self._versions[key] = VersionStatistics()
        return found


def _batch(counts: VersionStatistics, items: int) -> BatchStatistics:
    found = counts.batches.get(items)
    if found is None:
        found = counts.batches[items] = BatchStatistics()
    return found


def _succeeded(counts: VersionStatistics, outcome: Succeeded | Computed) -> None:
    timing = outcome.timing
    items = outcome.job.items if isinstance(outcome.job, TensorJob) else 1
    counts.inference_count += items
    counts.last_inference = round(time.time() * 1000)
    counts.success.add(_total(timing))
    counts.queue.add(timing.wait_ns)
    counts.compute_input.add(timing.decode_ns)
    counts.compute_infer.add(timing.compute_ns)
    counts.compute_output.add(timing.encode_ns)
    batch = _batch(counts, timing.batch_size)
    batch.compute_input.ns += timing.decode_ns
    # Each of its requests tells the time of the whole batch.
    batch.compute_infer.ns += timing.compute_ns * items // max(1, timing.batch_size)
    batch.compute_output.ns += timing.encode_ns


def _total(timing: Timing) -> int:
    return timing.wait_ns + timing.decode_ns + timing.compute_ns + timing.encode_ns
