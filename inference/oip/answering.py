"""From what was computed to the answer that is sent."""

from collections.abc import Sequence
from typing import Any

from inference.engine.model_version import ModelVersion
from inference.engine.types import Computed, TensorJob
from inference.oip.adapter import Adapter, Answer
from inference.oip.errors import invalid
from inference.oip.limits import MAX_RESPONSE_BYTES
from inference.oip.messages import ModelInferResponse


def share_ns(answer: Answer) -> int:
    """What an answer took of the time of its batch."""
    items = answer.job.items if isinstance(answer.job, TensorJob) else 1
    return answer.timing.compute_ns * items // max(1, answer.timing.batch_size)


def size_of(answers: Sequence[Answer]) -> int:
    """How many bytes the tensors or images have of which an answer is made."""
    size = 0
    for answer in answers:
        if isinstance(answer, Computed):
            size += sum(len(tensor.data) for tensor in answer.outputs.values())
        else:
            size += len(answer.output_bytes or b"")
    return size


def response_of(
    version: ModelVersion, request: Any, adapter: Adapter, answers: Sequence[Answer]
) -> Any:
    """The ModelInferResponse.

    Raises:
        ProtocolError: INVALID_ARGUMENT: it would be too large, or classes were wanted of what has
            none.
    """
    outputs = adapter.outputs(answers)
    size = sum(len(output.tensor.data) for output in outputs)
    if size > MAX_RESPONSE_BYTES:
        # Not RESOURCE_EXHAUSTED, which says that it may go well the next time.
        raise invalid(
            f"The answer has {size} bytes, and at most {MAX_RESPONSE_BYTES} are sent: "
            "ask for fewer outputs, or send less at once."
        )
    answer = ModelInferResponse(
        model_name=version.config.name, model_version=version.number, id=request.id
    )
    for output in outputs:
        tensor = output.tensor
        answer.outputs.add(name=output.name, datatype=tensor.datatype, shape=tensor.shape)
        answer.raw_output_contents.append(tensor.data)
    return answer
