"""What the parent makes of a child's answers: it trusts nothing that does not fit the jobs."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from inference.engine import wire
from inference.engine.process import ChildGone
from inference.engine.running_batch import End, RunningBatch
from inference.engine.ticket import Ticket
from inference.engine.types import (
    Canceled,
    Computed,
    Failed,
    GivenBack,
    ImageJob,
    Job,
    Succeeded,
    Tensor,
    TensorJob,
)

TIMING = {"decode_ns": 1, "compute_ns": 2, "encode_ns": 3, "batch_size": 4}


class Config:
    timeout_seconds = 5


class Version:
    """What a batch asks of a model's version."""

    sha256 = "abc"
    config = Config()


class ScriptedChild:
    """Notes what is sent, and answers what it was told to once it shall compute."""

    device = "cuda:1"

    def __init__(
        self, answer: Callable[[list[int]], list[dict[str, Any]]], *, ends: bool = True
    ) -> None:
        self._ends = ends
        self._is_listened_to = False
        self.sent: list[Mapping[str, Any]] = []
        self._answer = answer
        self._answers: asyncio.Queue[Any] = asyncio.Queue()

    def send(self, message: Mapping[str, Any]) -> None:
        wire.pack(message, 10_000)
        self.sent.append(message)
        if message["type"] == "compute":
            serials = [item["serial"] for item in self.sent[:-1]]
            self.say(*self._answer(serials))
            if self._ends:
                self.say({"type": "batch_done"})

    def say(self, *answers: dict[str, Any]) -> None:
        for answer in answers:
            self._answers.put_nowait(answer)

    @property
    def is_waited_for(self) -> bool:
        """Whether everything it said is heard, and more is listened for."""
        return self._is_listened_to and self._answers.empty()

    async def receive(self) -> Any:
        self._is_listened_to = True
        answer = await self._answers.get()
        self._is_listened_to = False
        return answer


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


def image_job() -> ImageJob:
    return ImageJob(
        id=-2, attempt=1, model="m", version="1", source=b"png", params={}, results=None
    )


def computed(serial: int, *names: str) -> dict[str, Any]:
    outputs = [{"name": name, "datatype": "UINT8", "shape": [1], "data": b"\5"} for name in names]
    return {"type": "computed", "serial": serial, "outputs": outputs, "timing": TIMING}


def broken(serial: int, **changes: Any) -> dict[str, Any]:
    answer = computed(serial, "y")
    answer["outputs"][0] |= changes
    return answer


def succeeded(serial: int) -> dict[str, Any]:
    return {
        "type": "succeeded",
        "serial": serial,
        "output": {"kind": "image"},
        "output_file": None,
        "output_bytes": b"PNG",
        "timing": TIMING,
    }


async def run(child: ScriptedChild, *jobs: Job) -> list[Any]:
    tickets = [Ticket(job, lambda _: None) for job in jobs]
    version: Any = Version()
    speaking: Any = child
    await RunningBatch(tickets, version).compute(speaking, begun=lambda: None)
    return [ticket.outcome.result() for ticket in tickets]


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


async def test_a_ticket_says_what_it_takes_up_and_with_whom_it_fits() -> None:
    def ticket(job: Job) -> Ticket:
        return Ticket(job, lambda _: None)

    tensors, image = ticket(tensor_job(b"\1\2\3")), ticket(image_job())
    assert (tensors.items, tensors.bytes) == (1, 3)
    assert (image.items, image.bytes) == (1, 3)
    assert tensors.bucket == ticket(tensor_job(b"\4\5\6")).bucket
    assert tensors.bucket != ticket(tensor_job(b"\4\5")).bucket
    assert tensors.bucket != image.bucket


def begun(phase: str, *serials: int) -> dict[str, Any]:
    return {"type": "begun", "phase": phase, "serials": list(serials)}


class Halfway:
    """A batch of images whose child has said so much and then says nothing more."""

    def __init__(self, count: int, say: Callable[[list[int]], list[dict[str, Any]]]) -> None:
        self.tickets = [Ticket(image_job(), lambda _: None) for _ in range(count)]
        self.child = ScriptedChild(say, ends=False)
        version: Any = Version()
        self.batch = RunningBatch(self.tickets, version)
        self.steps = 0
        child: Any = self.child
        self._computing = asyncio.create_task(self.batch.compute(child, self._step))

    async def listen(self) -> None:
        """Returns once everything that was said is heard."""
        listening = self._computing
        while not (self.child.is_waited_for or listening.done()):  # noqa: ASYNC110  # no event
            await asyncio.sleep(0)
        assert not self._computing.done()

    def _step(self) -> None:
        self.steps += 1

    def outcomes(self) -> list[str]:
        return [
            outcome.code if isinstance(outcome, Failed) else type(outcome).__name__
            for outcome in (ticket.outcome.result() for ticket in self.tickets)
        ]


async def test_every_step_is_told() -> None:
    half = Halfway(2, lambda serials: [begun("decode", one) for one in serials])
    await half.listen()
    assert half.steps == 2


async def test_what_the_child_is_not_at_is_released_and_told_so() -> None:
    half = Halfway(3, lambda serials: [begun("decode", serials[0]), begun("decode", serials[1])])
    first, _, third = serials = [ticket.serial for ticket in half.tickets]
    await half.listen()
    assert half.batch.release() == [half.tickets[0], half.tickets[2]]
    assert [message["serial"] for message in half.child.sent[-2:]] == [first, third]
    assert {ticket.serial for ticket in half.tickets}.isdisjoint({first, third})
    assert [ticket.touched for ticket in half.tickets] == [False, True, False]
    assert half.tickets[1].serial == serials[1]
    half.batch.settle_rest(End.TIMEOUT)
    assert [ticket.is_settled for ticket in half.tickets] == [False, True, False]
    outcome = half.tickets[1].outcome.result()
    assert isinstance(outcome, Failed)
    assert outcome.code == "timeout"


async def test_what_the_child_is_at_has_to_be_let_go_of_and_the_rest_is_called_off_at_once() -> (
    None
):
    half = Halfway(3, lambda serials: [begun("decode", serials[0])])
    await half.listen()
    assert half.batch.cancel(half.tickets[1])
    assert isinstance(half.tickets[1].outcome.result(), Canceled)
    assert not half.batch.cancel(half.tickets[0])
    assert half.batch.holds(half.tickets[0])
    assert half.batch.release() == [half.tickets[2]]


async def test_what_was_called_off_is_not_released_to_be_computed_after_all() -> None:
    half = Halfway(2, lambda serials: [begun("decode", serials[0])])
    await half.listen()
    half.batch.cancel(half.tickets[0])
    half.child.say(begun("decode", half.tickets[1].serial))
    await half.listen()
    assert half.batch.release() == []
    assert half.batch.holds(half.tickets[0])


async def test_nothing_is_released_before_the_child_has_begun() -> None:
    half = Halfway(2, lambda _: [])
    await half.listen()
    assert half.batch.release() == []


async def test_what_is_still_said_of_what_was_released_is_not_heeded() -> None:
    said: list[dict[str, Any]] = []
    half = Halfway(2, lambda _: said)
    one, other = (ticket.serial for ticket in half.tickets)
    said += [begun("decode", one)]
    await half.listen()
    half.batch.release()
    half.child.say(begun("decode", other), succeeded(other))
    await half.listen()
    assert not half.tickets[1].is_settled
    half.batch.settle_rest(End.TIMEOUT)
    assert isinstance(half.tickets[0].outcome.result(), GivenBack)


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
