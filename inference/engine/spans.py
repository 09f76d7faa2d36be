"""The spans of a batch's work, from what the model's process has measured."""

from inference.engine.types import Timing
from tracing import spans
from tracing.spans import Attributes


def record_timing(
    timing: Timing,
    parent: str | None,
    *,
    began_ns: int,
    asked_ns: int,
    ended_ns: int,
    attributes: Attributes,
) -> None:
    """Waiting for the batch, decoding, computing, encoding; times since 1970.

    `began_ns`: since when it waits. `asked_ns`, `ended_ns`: when the engine took the job and when
    it answered. Durations are measured, places follow: decoding comes first in the batch, encoding
    last, and computing before that.
    """
    if not spans.is_on():
        return
    told = {**attributes, "darkroom.batch.size": timing.batch_size}
    batch_ns = min(ended_ns, asked_ns + timing.wait_ns)
    decoded_ns = batch_ns + timing.decode_ns
    encoding_ns = max(decoded_ns, ended_ns - timing.encode_ns)
    computing_ns = max(decoded_ns, encoding_ns - timing.compute_ns)
    for name, start, end in (
        ("model wait", began_ns, batch_ns),
        ("model decode", batch_ns, decoded_ns),
        ("model compute", computing_ns, computing_ns + timing.compute_ns),
        ("model encode", encoding_ns, encoding_ns + timing.encode_ns),
    ):
        spans.record(name, parent=parent, began_ns=start, ended_ns=end, attributes=told)
