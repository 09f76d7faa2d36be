"""How inference requests end: the status of each failure, what is tried again, what is counted."""

import asyncio

import pytest

from inference.engine.types import (
    GivenBack,
    Job,
    Outcome,
)
from inference.oip.errors import ProtocolError, Status
from tests.unit.oip.bench import (
    MANAGER,
    ONES,
    PERSON,
    Counted,
    FakeEngine,
    answered,
    asking,
    config,
    data_plane,
    failed,
    files,
    image_config,
    infer,
    refusal,
)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("invalid_input", Status.INVALID_ARGUMENT),
        ("invalid_params", Status.INVALID_ARGUMENT),
        ("unreadable_image", Status.INVALID_ARGUMENT),
        ("model_not_found", Status.NOT_FOUND),
        ("model_unavailable", Status.UNAVAILABLE),
        ("queue_full", Status.RESOURCE_EXHAUSTED),
        ("queue_timeout", Status.DEADLINE_EXCEEDED),
        ("timeout", Status.DEADLINE_EXCEEDED),
        ("model_error", Status.INTERNAL),
        ("model_crashed", Status.INTERNAL),
        ("out_of_memory", Status.INTERNAL),
    ],
)
async def test_each_failure_of_the_engine_has_its_status(code: str, status: Status) -> None:
    engine = FakeEngine(config(), script=failed(code))
    error = await refusal(engine, asking("adder", ("a", ONES), ("b", ONES)))
    assert (error.status, error.message) == (status, f"It ended by {code}.")


@pytest.mark.parametrize("code", ["model_crashed", "out_of_memory", "timeout"])
async def test_what_a_batch_mate_may_have_done_is_tried_again_alone(code: str) -> None:
    def script(job: Job) -> Outcome:
        return answered(job) if job.alone else failed(code, shared=True)(job)

    engine = FakeEngine(config(), script=script)
    await infer(engine, asking("adder", ("a", ONES), ("b", ONES)))
    assert [job.alone for job in engine.jobs] == [False, True]


@pytest.mark.parametrize("code", ["model_crashed", "timeout"])
async def test_what_was_computed_alone_is_not_tried_again(code: str) -> None:
    engine = FakeEngine(config(), script=failed(code))
    await refusal(engine, asking("adder", ("a", ONES), ("b", ONES)))
    assert len(engine.jobs) == 1


async def test_what_fails_alone_too_is_not_tried_a_third_time() -> None:
    engine = FakeEngine(config(), script=failed("timeout", shared=True))
    error = await refusal(engine, asking("adder", ("a", ONES), ("b", ONES)))
    assert error.status is Status.DEADLINE_EXCEEDED
    assert [job.alone for job in engine.jobs] == [False, True]


async def test_what_was_given_back_is_tried_again_and_then_unavailable() -> None:
    engine = FakeEngine(config(), script=GivenBack)
    error = await refusal(engine, asking("adder", ("a", ONES), ("b", ONES)))
    assert error.status is Status.UNAVAILABLE
    assert len(engine.jobs) == 3


async def test_canceling_a_request_calls_all_its_jobs_off() -> None:
    engine = FakeEngine(image_config(max_batch_size=4))
    engine.released.clear()
    plane, _, meter = data_plane(engine)
    request = asking("reader", ("image", files(b"x", b"y", b"z")))
    running = asyncio.create_task(plane.infer(request, PERSON))
    await engine.runs(3)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(engine.canceled) == 3
    assert meter.used == []


async def test_use_is_counted_by_person_model_and_protocol() -> None:
    engine = FakeEngine(config(), image_config())
    plane, _, meter = data_plane(engine)
    await plane.infer(asking("adder", ("a", ONES), ("b", ONES)), PERSON)
    await plane.infer(asking("reader", ("image", files(b"x", b"y", b"z"))), MANAGER)
    engine.script = failed("model_error")
    with pytest.raises(ProtocolError):
        await plane.infer(asking("adder", ("a", ONES), ("b", ONES)), PERSON)
    # 600 ns for a batch of six places.
    assert meter.used == [
        (7, "adder", "1", "grpc", 2, False, 200),
        (8, "reader", "1", "grpc", 3, False, 300),
        (7, "adder", "1", "grpc", 2, True, 0),
    ]


async def test_what_never_reached_the_engine_is_not_counted() -> None:
    plane, _, meter = data_plane(FakeEngine(config()))
    with pytest.raises(ProtocolError):
        await plane.infer(asking("adder", ("a", ONES)), PERSON)
    assert isinstance(meter, Counted)
    assert meter.used == []
