"""Batches whose child goes no further: what is let go of, and what is blamed."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from inference.engine.child_end import End
from inference.engine.pending_job import PendingJob
from inference.engine.running_batch import RunningBatch
from inference.engine.types import Canceled, Failed, GivenBack
from tests.unit.engine.scripted_child import ScriptedChild, Version, begun, image_job, succeeded


class Halfway:
    """A batch of images whose child has said so much and then says nothing more."""

    def __init__(self, count: int, say: Callable[[list[int]], list[dict[str, Any]]]) -> None:
        self.pending_jobs = [PendingJob(image_job(), lambda _: None) for _ in range(count)]
        self.child = ScriptedChild(say, ends=False)
        version: Any = Version()
        self.batch = RunningBatch(self.pending_jobs, version, lambda _: None)
        child: Any = self.child
        self._computing = asyncio.create_task(self._compute(child))

    async def listen(self) -> None:
        """Returns once everything that was said is heard."""
        listening = self._computing
        while not (self.child.is_waited_for or listening.done()):  # noqa: ASYNC110  # no event
            await asyncio.sleep(0)
        assert not self._computing.done()
        self.batch.look()

    async def _compute(self, child: Any) -> None:
        self.batch.hand_over(child)
        await self.batch.listen()

    def outcomes(self) -> list[str]:
        return [
            outcome.code if isinstance(outcome, Failed) else type(outcome).__name__
            for outcome in (pending.outcome.result() for pending in self.pending_jobs)
        ]


async def test_a_look_tells_once_that_the_child_is_at_another_step() -> None:
    half = Halfway(2, lambda serials: [begun("decode", serials[0])])
    await half.listen()
    assert not half.batch.look()
    half.child.say(begun("decode", half.pending_jobs[1].serial))
    assert half.batch.look()
    assert not half.batch.look()


async def test_what_the_child_is_not_at_is_released_and_told_so() -> None:
    half = Halfway(3, lambda serials: [begun("decode", serials[0]), begun("decode", serials[1])])
    first, _, third = serials = [pending.serial for pending in half.pending_jobs]
    await half.listen()
    assert half.batch.release() == [half.pending_jobs[0], half.pending_jobs[2]]
    assert [message["serial"] for message in half.child.sent[-2:]] == [first, third]
    assert {pending.serial for pending in half.pending_jobs}.isdisjoint({first, third})
    assert [pending.touched for pending in half.pending_jobs] == [False, True, False]
    assert half.pending_jobs[1].serial == serials[1]
    half.batch.settle_rest(End.TIMEOUT)
    assert [pending.is_settled for pending in half.pending_jobs] == [False, True, False]
    outcome = half.pending_jobs[1].outcome.result()
    assert isinstance(outcome, Failed)
    assert outcome.code == "timeout"


async def test_what_the_child_is_at_has_to_be_let_go_of_and_the_rest_is_called_off_at_once() -> (
    None
):
    half = Halfway(3, lambda serials: [begun("decode", serials[0])])
    await half.listen()
    assert half.batch.cancel(half.pending_jobs[1])
    assert isinstance(half.pending_jobs[1].outcome.result(), Canceled)
    assert not half.batch.cancel(half.pending_jobs[0])
    assert half.batch.holds(half.pending_jobs[0])
    assert half.batch.release() == [half.pending_jobs[2]]


async def test_what_was_called_off_is_not_released_to_be_computed_after_all() -> None:
    half = Halfway(2, lambda serials: [begun("decode", serials[0])])
    await half.listen()
    half.batch.cancel(half.pending_jobs[0])
    half.child.say(begun("decode", half.pending_jobs[1].serial))
    await half.listen()
    assert half.batch.release() == []
    assert half.batch.holds(half.pending_jobs[0])


async def test_nothing_is_released_before_the_child_has_begun() -> None:
    half = Halfway(2, lambda _: [])
    await half.listen()
    assert half.batch.release() == []


async def test_what_is_still_said_of_what_was_released_is_ignored() -> None:
    said: list[dict[str, Any]] = []
    half = Halfway(2, lambda _: said)
    one, other = (pending.serial for pending in half.pending_jobs)
    said += [begun("decode", one)]
    await half.listen()
    half.batch.release()
    half.child.say(begun("decode", other), succeeded(other))
    await half.listen()
    assert not half.pending_jobs[1].is_settled
    half.batch.settle_rest(End.TIMEOUT)
    assert isinstance(half.pending_jobs[0].outcome.result(), GivenBack)


@pytest.mark.parametrize(
    ("phases", "outcomes"),
    [
        ([], ["timeout", "timeout", "timeout"]),
        ([("read", [0])], ["source_unavailable", "GivenBack", "GivenBack"]),
        ([("decode", [0]), ("store", [0])], ["results_unwritable", "GivenBack", "GivenBack"]),
        ([("decode", [0]), ("decode", [1])], ["GivenBack", "timeout", "GivenBack"]),
        ([("compute", [0, 2])], ["timeout", "GivenBack", "timeout"]),
        ([("compute", [0, 1, 2]), ("encode", [1])], ["GivenBack", "timeout", "GivenBack"]),
    ],
)
async def test_of_a_time_out_only_what_the_child_was_at_is_blamed(
    phases: list[tuple[str, list[int]]], outcomes: list[str]
) -> None:
    half = Halfway(
        3, lambda serials: [begun(phase, *(serials[i] for i in at)) for phase, at in phases]
    )
    await half.listen()
    half.batch.settle_rest(End.TIMEOUT)
    assert half.outcomes() == outcomes


async def test_a_listener_in_trouble_keeps_an_outcome_from_nobody_else() -> None:
    job = image_job()
    pending = PendingJob(job, lambda _: None)

    def fail(_pending: PendingJob) -> None:
        raise RuntimeError("It cannot be counted.")

    pending.when_settled(fail)
    async with asyncio.timeout(10):
        waiting = asyncio.create_task(pending.settled())
        await asyncio.sleep(0)
        pending.settle(Canceled(job))
        assert await waiting == Canceled(job)
