"""What the parent makes of a child's answers: it trusts nothing that does not fit the jobs."""

from typing import Any

import pytest

from inference.engine.pending_job import PendingJob
from inference.engine.process import ChildGone
from inference.engine.running_batch import RunningBatch
from inference.engine.types import Computed, Failed, Job, Succeeded, Tensor, TensorJob
from tests.unit.engine.scripted_child import ScriptedChild, Version, computed, image_job, succeeded


def tensor_job(data: bytes = b"\1\2", outputs: tuple[str, ...] = ("y",)) -> TensorJob:
    return TensorJob(
        id=-1,
        attempt=1,
        model="m",
        version="1",
        inputs={"x": Tensor("UINT8", (1, len(data)), data)},
        outputs=outputs,
        items=1,
    )


def broken(serial: int, **changes: Any) -> dict[str, Any]:
    answer = computed(serial, "y")
    answer["outputs"][0] |= changes
    return answer


async def run(child: ScriptedChild, *jobs: Job) -> list[Any]:
    pending_jobs = [PendingJob(job, lambda _: None) for job in jobs]
    version: Any = Version()
    speaking: Any = child
    batch = RunningBatch(pending_jobs, version, lambda _: None)
    batch.hand_over(speaking)
    await batch.listen()
    return [pending.outcome.result() for pending in pending_jobs]


async def test_images_and_tensors_come_back_with_where_they_were_computed() -> None:
    child = ScriptedChild(lambda serials: [computed(serials[0], "y"), succeeded(serials[1])])
    tensors, image = await run(child, tensor_job(), image_job())
    assert isinstance(tensors, Computed)
    assert tensors.outputs == {"y": Tensor("UINT8", (1,), b"\5")}
    assert tensors.timing.compute_ns == 2
    assert tensors.timing.wait_ns > 0
    assert isinstance(image, Succeeded)
    assert image.output_bytes == b"PNG"
    assert image.provenance == {"model_sha256": "abc", "device": "cuda:1"}
    assert [message["type"] for message in child.sent] == ["tensors", "image", "compute"]
    assert child.sent[1]["source"] == b"png"


async def test_a_batch_counts_as_executed_before_its_first_result_is_told() -> None:
    pending_jobs = [PendingJob(image_job(), lambda _: None) for _ in range(6)]
    told: list[tuple[int, int]] = []

    def executed(size: int) -> None:
        told.append((size, sum(pending.is_settled for pending in pending_jobs)))

    child: Any = ScriptedChild(lambda serials: [succeeded(serial) for serial in serials])
    version: Any = Version()
    batch = RunningBatch(pending_jobs, version, executed)
    batch.hand_over(child)
    await batch.listen()
    assert told == [(4, 0), (4, 4)]  # the child says that it computed four at a time


@pytest.mark.parametrize(
    "answer",
    [
        lambda serials: [computed(serials[0], "z")],
        lambda serials: [computed(serials[0])],
        lambda serials: [computed(serials[0], "y", "z")],
        lambda serials: [succeeded(serials[0])],
        lambda serials: [computed(serials[0] + 1000, "y")],
        lambda serials: [broken(serials[0], shape=[2])],
        lambda serials: [broken(serials[0], shape=[1 << 62, 1 << 62, 0])],
        lambda serials: [broken(serials[0], datatype="BYTES")],
        lambda serials: [broken(serials[0], datatype="BOOL")],
        lambda serials: [broken(serials[0], datatype="UINT7")],
        lambda serials: [{"type": "canceled", "serial": serials[0]}],
    ],
)
async def test_an_answer_to_something_else_ends_the_child(answer: Any) -> None:
    with pytest.raises(ChildGone):
        await run(ScriptedChild(answer), tensor_job())


async def test_an_image_is_not_answered_with_tensors() -> None:
    with pytest.raises(ChildGone):
        await run(ScriptedChild(lambda serials: [computed(serials[0], "y")]), image_job())


async def test_an_input_that_no_message_can_hold_fails_alone() -> None:
    child = ScriptedChild(lambda serials: [computed(serials[0], "y")])
    large, small = await run(child, tensor_job(bytes(20_000)), tensor_job())
    assert isinstance(large, Failed)
    assert large.code == "invalid_input"
    assert isinstance(small, Computed)


async def test_a_pending_job_says_what_it_takes_up_and_with_whom_it_fits() -> None:
    def pending(job: Job) -> PendingJob:
        return PendingJob(job, lambda _: None)

    tensors, image = pending(tensor_job(b"\1\2\3")), pending(image_job())
    assert (tensors.items, tensors.bytes) == (1, 3)
    assert (image.items, image.bytes) == (1, 3)
    assert tensors.bucket == pending(tensor_job(b"\4\5\6")).bucket
    assert tensors.bucket != pending(tensor_job(b"\4\5")).bucket
    assert tensors.bucket != image.bucket
