"""A request's time to wait is one for all of its images and all tries of them."""

import asyncio
from typing import Any

import pytest

from inference.engine.types import GivenBack, Job, Outcome
from inference.oip import computing
from inference.oip.errors import ProtocolError, Status
from tests.unit.oip.bench import (
    PERSON,
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
from tests.unit.oip.line import adding


class Clock:
    """The monotonic clock, moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        """Its time in seconds."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What requests are timed by."""
    one = Clock()
    monkeypatch.setattr(computing, "time", one)
    monkeypatch.setattr("inference.oip.data_plane.time", one)
    return one


def within(seconds: float, request: Any) -> Any:
    """The request, with its time to wait."""
    request.parameters["timeout"].int64_param = int(seconds * 1e6)
    return request


async def test_each_image_has_what_is_left_of_the_time_to_wait(clock: Clock) -> None:
    def script(job: Job) -> Outcome:
        clock.now += 1
        return answered(job)

    engine = FakeEngine(image_config(), script=script)
    await infer(engine, within(10, asking("reader", ("image", files(b"", b"", b"")))))
    assert [job.queue_timeout for job in engine.jobs] == [10, 9, 8]


async def test_an_image_that_does_not_come_to_its_turn_in_time_ends_the_request(
    clock: Clock,
) -> None:
    def script(job: Job) -> Outcome:
        clock.now += 6
        return answered(job)

    engine = FakeEngine(image_config(), script=script)
    error = await refusal(engine, within(10, asking("reader", ("image", files(b"", b"", b"")))))
    assert error.status is Status.DEADLINE_EXCEEDED
    assert error.message.startswith("image[2]: ")
    assert len(engine.jobs) == 2


async def test_who_waits_for_a_turn_is_told_when_the_time_is_up() -> None:
    engine = FakeEngine(image_config())
    engine.released.clear()
    request = within(0.05, asking("reader", ("image", files(b"", b""))))
    with pytest.raises(ProtocolError) as raised:
        await data_plane(engine)[0].infer(request, PERSON)
    assert raised.value.status is Status.DEADLINE_EXCEEDED
    assert [job.id for job in engine.canceled] == [job.id for job in engine.jobs]


@pytest.mark.parametrize("how", [failed("model_crashed", shared=True), GivenBack])
async def test_a_further_try_has_what_the_first_one_left(clock: Clock, how: Any) -> None:
    def script(job: Job) -> Outcome:
        clock.now += 3
        return answered(job) if len(engine.jobs) > 1 else how(job)

    engine = FakeEngine(config(), script=script)
    await infer(engine, within(10, adding()))
    assert [job.queue_timeout for job in engine.jobs] == [10, 7]


async def test_without_a_time_to_wait_there_is_no_end(clock: Clock) -> None:
    engine = FakeEngine(image_config())
    engine.released.clear()
    request = asking("reader", ("image", files(b"", b"")))
    running = asyncio.create_task(infer(engine, request))
    await engine.runs(1)
    clock.now += 1e6
    engine.released.set()
    await running
    assert [job.queue_timeout for job in engine.jobs] == [None, None]
