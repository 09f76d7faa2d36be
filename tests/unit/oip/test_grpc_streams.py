"""Streams over gRPC: every request is answered once, errors end one of them, progress is told."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest

from inference.engine.types import Job, Outcome, Progress
from inference.oip.streaming import MAX_RUNNING
from tests.unit.oip.bench import asking, failed
from tests.unit.oip.line import Line, adding, answers, empty, status_of


async def test_a_stream_answers_each_request_once(line: Line) -> None:
    told = await answers(line.stream([adding(id=str(number)) for number in range(200)]))
    assert sorted(int(one.infer_response.id) for one in told) == list(range(200))
    assert not [one for one in told if one.error_message or one.infer_response.parameters]


async def test_a_stream_reads_no_more_than_it_computes(line: Line) -> None:
    line.engine.released.clear()
    stream = line.stream([adding() for _ in range(MAX_RUNNING + 36)])
    await line.engine.runs(MAX_RUNNING)
    for _ in range(20):
        await line.call("ServerLive", empty("ServerLive"))
    assert line.engine.running == MAX_RUNNING
    line.engine.released.set()
    assert len(await answers(stream)) == MAX_RUNNING + 36


async def test_an_error_in_a_stream_ends_one_request_only(line: Line) -> None:
    told = await answers(line.stream([asking("nobody", id="a"), adding(id="b")]))
    by_id = {one.infer_response.id: one for one in told}
    assert by_id["a"].error_message == "There is no model nobody version ."
    assert by_id["b"].error_message == ""
    assert by_id["b"].infer_response.raw_output_contents


async def test_a_long_error_in_a_stream_is_cut_like_any_other(line: Line) -> None:
    (told,) = await answers(line.stream([adding(model_version="9" * 10_000)]))
    assert len(told.error_message) == 500


async def test_a_defect_in_a_stream_is_logged_and_not_told(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    def script(job: Job) -> Outcome:
        raise LookupError("a secret of the house")

    line.engine.script = script
    (told,) = await answers(line.stream([adding()]))
    assert told.error_message == "The server failed on this request."
    assert "a secret of the house" in caplog.text


async def test_a_stream_without_a_token_does_not_begin(line: Line) -> None:
    code, _ = await status_of(answers(line.stream([adding()], metadata=())))
    assert code is grpc.StatusCode.UNAUTHENTICATED


async def test_a_sign_in_that_ends_ends_the_requests_of_its_streams(line: Line) -> None:
    first_answered = asyncio.Event()

    async def requests() -> AsyncIterator[Any]:
        yield adding(id="before")
        await first_answered.wait()
        line.tokens.clear()
        yield adding(id="after")

    told = {}
    async for one in line.stream(requests()):
        told[one.infer_response.id] = one.error_message
        first_answered.set()
    assert told == {"before": "", "after": "Nobody knows you."}


async def test_what_is_no_request_ends_its_stream(line: Line) -> None:
    code, _ = await status_of(answers(line.stream([b"\xff\xff\xff"])))
    assert code is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_canceled_stream_calls_its_jobs_off(line: Line) -> None:
    line.engine.released.clear()
    stream = line.stream([adding(), adding()])
    await line.engine.runs(2)
    stream.cancel()
    await line.engine.calls_off(2)


def parameters(one: Any) -> dict[str, Any]:
    choices = one.infer_response.parameters.items()
    return {key: getattr(value, value.WhichOneof("parameter_choice")) for key, value in choices}


async def test_progress_is_told_where_it_is_asked_for(line: Line) -> None:
    line.engine.released.clear()
    stream = line.stream([adding(id="a", parameters={"progress": {"bool_param": True}})])
    await line.engine.runs(1)
    (job,) = line.engine.jobs
    for fraction in (0.25, 0.5):
        line.engine.reports[job.id](Progress(job.id, 1, "expose", fraction, None))
        one = await stream.read()
        assert one.infer_response.id == "a"
        assert parameters(one) == {
            "stage": "expose",
            "fraction": fraction,
            "index": 0,
            "triton_final_response": False,
        }
    line.engine.released.set()
    last = await stream.read()
    assert parameters(last) == {"triton_final_response": True}
    assert last.infer_response.raw_output_contents
    assert await stream.read() is grpc.aio.EOF  # type: ignore[attr-defined]  # not in the stubs


async def test_a_client_that_waits_for_the_final_response_gets_it_alone(line: Line) -> None:
    asks = {"triton_enable_empty_final_response": {"bool_param": True}}
    (told,) = await answers(line.stream([adding(parameters=asks)]))
    assert parameters(told) == {"triton_final_response": True}


async def test_the_final_response_of_a_failure_is_told_as_such(line: Line) -> None:
    line.engine.script = failed("model_error")
    asks = {"progress": {"bool_param": True}}
    (told,) = await answers(line.stream([adding(parameters=asks)]))
    assert (told.error_message, parameters(told)) == (
        "It ended by model_error.",
        {"triton_final_response": True},
    )


async def test_no_progress_is_told_behind_the_final_response(line: Line) -> None:
    asked = asyncio.Event()
    progress = {"progress": {"bool_param": True}}

    async def requests() -> AsyncIterator[Any]:
        yield adding(id="a", parameters=progress)
        await asked.wait()
        yield adding(id="b")

    told = []
    async for one in line.stream(requests()):
        told.append((one.infer_response.id, parameters(one).get("stage")))
        if not asked.is_set():
            (job,) = line.engine.jobs
            line.engine.reports[job.id](Progress(job.id, 1, "late", 0.5, None))
            asked.set()
    assert told == [("a", None), ("b", None)]


async def test_progress_is_true_or_false(line: Line) -> None:
    (told,) = await answers(line.stream([adding(parameters={"progress": {"int64_param": 1}})]))
    assert told.error_message == "The parameter progress is true or false."
