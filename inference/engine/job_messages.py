"""A job as it goes to the child, and what the child says of it as its outcome."""

from inference.engine import messages
from inference.engine.datatypes import check
from inference.engine.errors import InvalidInput
from inference.engine.pending_job import PendingJob
from inference.engine.process import ChildGone
from inference.engine.to_child import Item
from inference.engine.types import (
    Computed,
    Failed,
    FailureKind,
    ImageJob,
    Succeeded,
    Tensor,
    TensorJob,
)


def item_of(pending: PendingJob) -> Item:
    job = pending.job
    if isinstance(job, TensorJob):
        return {
            "type": "tensors",
            "serial": pending.serial,
            "inputs": [
                {
                    "name": name,
                    "datatype": tensor.datatype,
                    "shape": list(tensor.shape),
                    "data": tensor.data,
                }
                for name, tensor in job.inputs.items()
            ],
            "outputs": list(job.outputs),
        }
    return {
        "type": "image",
        "serial": pending.serial,
        "source": job.source if isinstance(job.source, bytes) else str(job.source),
        "params": dict(job.params),
        "images": {name: str(file) if file else None for name, file in job.images.items()},
        "page": job.page,
        "image_pages": dict(job.image_pages),
        "image_type": job.image_type,
        "results": str(job.results) if job.results else None,
        "thumbnail": str(job.thumbnail) if job.thumbnail else None,
        "display": str(job.display) if job.display else None,
    }


def failed(pending: PendingJob, message: messages.Failed) -> Failed:
    timing = message["timing"]
    return Failed(
        pending.job,
        message["code"],
        message["message"],
        FailureKind(message["kind"]),
        pending.timing(timing) if timing else None,
    )


def succeeded(
    pending: PendingJob, message: messages.Succeeded, provenance: dict[str, str]
) -> Succeeded:
    if not isinstance(pending.job, ImageJob):
        raise ChildGone("The child answered tensors with an image's result.")
    return Succeeded(
        job=pending.job,
        output=message["output"],
        output_file=message["output_file"],
        output_bytes=message["output_bytes"],
        timing=pending.timing(message["timing"]),
        provenance=provenance,
    )


def computed(
    pending: PendingJob, message: messages.Computed, provenance: dict[str, str]
) -> Computed:
    job = pending.job
    names = tuple(tensor["name"] for tensor in message["outputs"])
    if not isinstance(job, TensorJob) or names != job.outputs:
        raise ChildGone("The child answered with other outputs than were wanted.")
    outputs = {
        one["name"]: Tensor(one["datatype"], tuple(one["shape"]), one["data"])
        for one in message["outputs"]
    }
    try:
        for tensor in outputs.values():
            check(tensor)
    except InvalidInput as broken:
        raise ChildGone("The child sent a broken tensor.") from broken
    return Computed(job, outputs, pending.timing(message["timing"]), provenance)
