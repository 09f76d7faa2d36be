"""What the engine counted, as the protocol's messages."""

from typing import Any

from inference.engine.statistics import Duration, VersionStatistics
from inference.engine.status import VersionStatus
from inference.oip.messages import ModelStatistics


def of_version(status: VersionStatus, counts: VersionStatistics) -> Any:
    """The ModelStatistics of one version."""
    answer = ModelStatistics(
        name=status.model,
        version=status.version,
        last_inference=counts.last_inference,
        inference_count=counts.inference_count,
        execution_count=counts.execution_count,
    )
    for name in ("success", "fail", "queue", "compute_input", "compute_infer", "compute_output"):
        _put(getattr(answer.inference_stats, name), getattr(counts, name))
    # There is no cache: zeros, since clients read both.
    answer.inference_stats.cache_hit.SetInParent()
    answer.inference_stats.cache_miss.SetInParent()
    for size, batch in sorted(counts.batches.items()):
        entry = answer.batch_stats.add(batch_size=size)
        for name in ("compute_input", "compute_infer", "compute_output"):
            _put(getattr(entry, name), getattr(batch, name))
    if status.memory_bytes:
        answer.memory_usage.add(type="CPU", id=0, byte_size=status.memory_bytes)
    return answer


def _put(field: Any, duration: Duration) -> None:
    # Marked as there also where both are 0.
    field.SetInParent()
    field.count, field.ns = duration.count, duration.ns
