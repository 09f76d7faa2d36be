"""Requests of tensors: what they become, what does not fit, what is too large."""

import threading
from typing import Any

import numpy as np
import pytest

from inference.engine.arrays import to_numpy, to_tensor
from inference.engine.types import (
    Tensor,
    TensorJob,
)
from inference.oip import data_plane
from inference.oip.errors import Status
from tests.unit.oip.bench import (
    ONES,
    FakeEngine,
    asking,
    config,
    infer,
    refusal,
)


async def test_tensors_go_in_and_come_out_raw() -> None:
    engine = FakeEngine(config())
    answer = await infer(engine, asking("adder", ("b", ONES), ("a", ONES), id="seven"))
    assert (answer.model_name, answer.model_version, answer.id) == ("adder", "1", "seven")
    (output,) = answer.outputs
    assert (output.name, output.datatype, list(output.shape)) == ("sum", "FP32", [2, 4])
    assert list(answer.raw_output_contents) == [ONES.data]
    (job,) = engine.jobs
    assert isinstance(job, TensorJob)
    assert (list(job.inputs), job.outputs, job.items) == (["a", "b"], ("sum",), 2)
    assert job.id < 0


async def test_a_label_means_a_version() -> None:
    engine = FakeEngine(config())
    request = asking("adder", ("a", ONES), ("b", ONES), model_version="stable")
    assert (await infer(engine, request)).model_version == "1"


@pytest.mark.parametrize(
    ("model", "version"), [("nobody", ""), ("", ""), ("adder", "9"), ("adder", "canary")]
)
async def test_what_is_not_there_is_not_found(model: str, version: str) -> None:
    error = await refusal(FakeEngine(config()), asking(model, model_version=version))
    assert error.status is Status.NOT_FOUND
    assert model in error.message


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ([], "Input 'a' is missing: the model takes a, b."),
        ([("a", ONES)], "Input 'b' is missing: the model takes a, b."),
        ([("c", ONES), ("b", ONES)], "There is no input 'c': the model takes a, b."),
        ([("", ONES), ("b", ONES)], "There is no input '': the model takes a, b."),
        (
            [("a", ONES), ("b", ONES), ("c", ONES)],
            "There is no input 'c': the model takes a, b.",
        ),
        (
            [("a", ONES), ("b", to_tensor(np.ones((2, 4)), "FP64"))],
            "Input 'b' is FP64, not FP32.",
        ),
        (
            [("a", ONES), ("b", to_tensor(np.ones((2, 4), np.int32), "INT32"))],
            "Input 'b' is INT32, not FP32.",
        ),
        (
            [("a", ONES), ("b", to_tensor(np.ones((2, 3), np.float32), "FP32"))],
            "Input 'b' has the shape [2, 3], "
            "where the model takes [-1, 4], the first for a batch of 1 to 8.",
        ),
        (
            [("a", ONES), ("b", to_tensor(np.ones(4, np.float32), "FP32"))],
            "Input 'b' has the shape [4], "
            "where the model takes [-1, 4], the first for a batch of 1 to 8.",
        ),
        (
            [("a", ONES), ("b", to_tensor(np.ones((1, 4), np.float32), "FP32"))],
            "The inputs have batches of different sizes: the first dimension is one.",
        ),
        (
            [(name, to_tensor(np.ones((9, 4), np.float32), "FP32")) for name in "ab"],
            "The batch has 9 items, where the model takes at most 8.",
        ),
        (
            [(name, to_tensor(np.ones((0, 4), np.float32), "FP32")) for name in "ab"],
            "Input 'a' has the shape [0, 4], "
            "where the model takes [-1, 4], the first for a batch of 1 to 8.",
        ),
    ],
)
async def test_what_does_not_fit_the_model_is_refused_before_it_reaches_the_engine(
    tensors: list[tuple[str, Tensor]], message: str
) -> None:
    engine = FakeEngine(config())
    error = await refusal(engine, asking("adder", *tensors))
    assert (error.status, error.message) == (Status.INVALID_ARGUMENT, message)
    assert engine.jobs == []


async def test_a_model_that_does_not_batch_takes_its_shapes_as_they_are() -> None:
    engine = FakeEngine(config(max_batch_size=0))
    flat = to_tensor(np.ones(4, np.float32), "FP32")
    await infer(engine, asking("adder", ("a", flat), ("b", flat)))
    assert isinstance(engine.jobs[0], TensorJob)
    assert engine.jobs[0].items == 1
    error = await refusal(engine, asking("adder", ("a", ONES), ("b", ONES)))
    assert error.message == "Input 'a' has the shape [2, 4], where the model takes [4]."


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ([{"name": "product"}], "There is no output 'product': the model gives sum."),
        ([{"name": "sum"}, {"name": "sum"}], "Output 'sum' stands there twice."),
        (
            [{"name": "sum", "parameters": {"classification": {"int64_param": -1}}}],
            "The parameter classification is not negative.",
        ),
        (
            [{"name": "sum", "parameters": {"classification": {"string_param": "3"}}}],
            "The parameter classification is a whole number.",
        ),
        (
            [{"name": "sum", "parameters": {"classification": {"int64_param": 0}}}],
            "classification: at least 1 class.",
        ),
    ],
)
async def test_outputs_that_make_no_sense_are_refused(outputs: Any, message: str) -> None:
    request = asking("adder", ("a", ONES), ("b", ONES), outputs=outputs)
    error = await refusal(FakeEngine(config()), request)
    assert (error.status, error.message) == (Status.INVALID_ARGUMENT, message)


async def test_a_timeout_in_microseconds_limits_the_wait() -> None:
    engine = FakeEngine(config())
    request = asking("adder", ("a", ONES), ("b", ONES))
    request.parameters["timeout"].int64_param = 1_500_000
    await infer(engine, request)
    request.parameters["timeout"].int64_param = 0
    await infer(engine, request)
    limited, unlimited = (job.queue_timeout for job in engine.jobs)
    assert unlimited is None
    assert limited is not None
    assert 0 < limited <= 1.5
    request.parameters["timeout"].string_param = "soon"
    error = await refusal(engine, request)
    assert error.message == "The parameter timeout is a whole number."
    request.parameters["timeout"].int64_param = -1
    error = await refusal(engine, request)
    assert (error.status, error.message) == (
        Status.INVALID_ARGUMENT,
        "The parameter timeout is not negative.",
    )


async def test_an_answer_that_is_too_large_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference.oip.answering.MAX_RESPONSE_BYTES", 31)
    error = await refusal(FakeEngine(config()), asking("adder", ("a", ONES), ("b", ONES)))
    assert error.status is Status.INVALID_ARGUMENT
    assert "32 bytes" in error.message


async def test_a_request_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference.oip.contents.MAX_REQUEST_BYTES", 63)
    error = await refusal(FakeEngine(config()), asking("adder", ("a", ONES), ("b", ONES)))
    assert error.message == "The inputs are too large: at most 63 bytes are read."


async def test_large_requests_are_read_and_large_answers_made_beside_the_event_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads: dict[str, bool] = {}
    for name in ("_adapter", "response_of"):
        original = getattr(data_plane, name)

        def noted(*args: Any, name: str = name, original: Any = original) -> Any:
            threads[name] = threading.current_thread() is not threading.main_thread()
            return original(*args)

        monkeypatch.setattr(data_plane, name, noted)
    wide = config(
        inputs=[{"name": "a", "datatype": "FP32", "shape": [-1]}],
        outputs=[{"name": "sum", "datatype": "FP32", "shape": [-1]}],
    )
    zeros = to_tensor(np.zeros((1, 1 << 19), np.float32), "FP32")
    answer = await infer(FakeEngine(wide), asking("adder", ("a", zeros)))
    told = Tensor("FP32", (1, 1 << 19), answer.raw_output_contents[0])
    assert not to_numpy(told).any()
    assert threads == {"_adapter": True, "response_of": True}
