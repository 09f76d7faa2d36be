"""How much memory the requests may hold that are being answered."""

import asyncio

import grpc
import numpy as np
import pytest

from inference.engine.arrays import to_tensor
from inference.oip import data_plane as data_plane_module
from inference.oip.admission import Admission
from inference.oip.errors import ProtocolError, Status
from tests.unit.oip.bench import PERSON, FakeEngine, asking, config, data_plane, failed
from tests.unit.oip.line import Line, adding, answers, status_of

ONES = to_tensor(np.ones((1, 4), np.float32), "FP32")
ASKED = asking("adder", ("a", ONES), ("b", ONES))


@pytest.fixture(autouse=True)
def room_for_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each data plane has the bytes for two requests."""
    monkeypatch.setattr(
        data_plane_module, "Admission", lambda **_: Admission(2 * ASKED.ByteSize() + 10)
    )


async def test_what_does_not_fit_beside_the_others_is_refused_at_once() -> None:
    engine = FakeEngine(config())
    plane, _, meter = data_plane(engine)
    engine.released.clear()
    running = [asyncio.create_task(plane.infer(ASKED, PERSON)) for _ in range(2)]
    await engine.runs(2)
    with pytest.raises(ProtocolError, match="too many") as raised:
        await plane.infer(ASKED, PERSON)
    assert raised.value.status is Status.RESOURCE_EXHAUSTED
    engine.released.set()
    await asyncio.gather(*running)
    await plane.infer(ASKED, PERSON)
    assert len(meter.used) == 3


async def test_however_a_request_ends_its_bytes_are_free_again() -> None:
    engine = FakeEngine(config(), script=failed("model_error"))
    plane, _, _ = data_plane(engine)
    for _ in range(3):
        with pytest.raises(ProtocolError, match="model_error"):
            await plane.infer(ASKED, PERSON)
    engine.released.clear()
    for done in range(3):
        running = asyncio.create_task(plane.infer(ASKED, PERSON))
        await engine.runs(1)
        running.cancel()
        await engine.calls_off(done + 1)
        await asyncio.wait([running])
    engine.released.set()
    with pytest.raises(ProtocolError, match="model_error"):
        await plane.infer(ASKED, PERSON)


async def test_each_request_of_a_stream_counts(line: Line) -> None:
    line.engine.released.clear()
    stream = line.stream([adding(id=str(number)) for number in range(4)])
    told = [await stream.read(), await stream.read()]
    assert all("too many" in one.error_message for one in told)
    line.engine.released.set()
    told = [await stream.read(), await stream.read()]
    assert not [one for one in told if one.error_message]


async def test_answers_count_until_they_are_sent(line: Line) -> None:
    for _ in range(5):
        await line.call("ModelInfer", adding())
    stream = line.stream([adding() for _ in range(5)])
    assert not [one for one in await answers(stream) if one.error_message]


async def test_an_answer_that_does_not_fit_beside_the_others_is_refused(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line.plane.answers, "_left", 10)
    code, _ = await status_of(line.call("ModelInfer", adding()))
    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
