"""Inference requests from the data plane's side: what they become, and how they end."""

import asyncio
import json
from typing import Any

import numpy as np
import pytest

from inference.engine.config import ModelConfig
from inference.engine.datatypes import to_numpy, to_tensor
from inference.engine.types import (
    Failed,
    FailureKind,
    GivenBack,
    Job,
    Outcome,
    Progress,
    Tensor,
    TensorJob,
)
from inference.oip.contents import strings, strings_of
from inference.oip.errors import ProtocolError, Status
from tests.unit.oip.bench import (
    MANAGER,
    PERSON,
    Counted,
    FakeEngine,
    answered,
    asking,
    config,
    data_plane,
    failed,
    image_config,
)

ONES = to_tensor(np.ones((2, 4), np.float32), "FP32")
BOTH_FACES: dict[str, Any] = {
    "inputs": [{"name": "image", "datatype": "FP32", "shape": [3, 8, 8]}],
    "outputs": [{"name": "scores", "datatype": "FP32", "shape": [5]}],
    "preprocessing": {"width": 8, "height": 8},
    "interpretation": {"kind": "labels"},
    "output_kind": "labels",
}


def files(*contents: bytes) -> Tensor:
    return strings(contents, (len(contents),))


async def infer(engine: FakeEngine, request: Any) -> Any:
    return await data_plane(engine)[0].infer(request, PERSON)


async def refusal(engine: FakeEngine, request: Any) -> ProtocolError:
    with pytest.raises(ProtocolError) as raised:
        await infer(engine, request)
    return raised.value


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


@pytest.mark.parametrize(("model", "version"), [("nobody", ""), ("adder", "9")])
async def test_what_is_not_there_is_not_found(model: str, version: str) -> None:
    error = await refusal(FakeEngine(config()), asking(model, model_version=version))
    assert error.status is Status.NOT_FOUND
    assert model in error.message


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ([("a", ONES)], "Input 'b' is missing: the model takes a, b."),
        (
            [("a", ONES), ("b", ONES), ("c", ONES)],
            "There is no input 'c': the model takes a, b.",
        ),
        (
            [("a", ONES), ("b", to_tensor(np.ones((2, 4)), "FP64"))],
            "Input 'b' is FP64, not FP32.",
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
    assert [job.queue_timeout for job in engine.jobs] == [1.5, None]
    request.parameters["timeout"].string_param = "soon"
    error = await refusal(engine, request)
    assert error.message == "The parameter timeout is a whole number."


async def test_images_become_jobs_and_are_answered_in_their_order() -> None:
    engine = FakeEngine(image_config())
    params = files(b'{"gain": 2}', b"{}")
    answer = await infer(
        engine, asking("reader", ("params", params), ("image", files(b"one", b"three")))
    )
    (output,) = answer.outputs
    assert (output.name, output.datatype, list(output.shape)) == ("result", "BYTES", [2])
    told = Tensor("BYTES", (2,), answer.raw_output_contents[0])
    assert [json.loads(text) for text in strings_of(told)] == [
        {"kind": "raw", "bytes": 3, "params": {"gain": 2}},
        {"kind": "raw", "bytes": 5, "params": {}},
    ]
    assert [job.results for job in engine.images] == [None, None]


async def test_a_model_that_gives_images_has_them_as_an_output() -> None:
    engine = FakeEngine(image_config(output_kind="image"))
    request = asking("reader", ("image", files(b"abc")), outputs=[{"name": "image"}])
    answer = await infer(engine, request)
    assert [output.name for output in answer.outputs] == ["image"]
    assert strings_of(Tensor("BYTES", (1,), answer.raw_output_contents[0])) == [b"cba"]


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ([], "Input 'image' is missing: encoded images, as BYTES."),
        ([("image", ONES)], "Input 'image' is FP32, not BYTES."),
        (
            [("image", strings([b"", b""], (2, 1)))],
            "Input 'image' has the shape [2, 1], not [-1].",
        ),
        ([("image", files())], "Input 'image' has 0 images, not 1 to 256."),
        ([("image", files(*[b""] * 257))], "Input 'image' has 257 images, not 1 to 256."),
        (
            [("image", files(b"")), ("prompt", files(b""))],
            "There is no input 'prompt': the model takes image, params.",
        ),
        (
            [("image", files(b"")), ("params", files(b"{}", b"{}"))],
            "Input 'params' has the shape [2], where 'image' has [1].",
        ),
    ],
)
async def test_requests_of_images_that_do_not_fit_are_refused(
    tensors: list[tuple[str, Tensor]], message: str
) -> None:
    engine = FakeEngine(image_config())
    error = await refusal(engine, asking("reader", *tensors))
    assert (error.status, error.message) == (Status.INVALID_ARGUMENT, message)
    assert engine.jobs == []


@pytest.mark.parametrize(
    "params",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"gain": NaN}',
        b'{"gain": 1e999}',
        b'{"gain": 18446744073709551616}',
        b'{"gain": "\\ud800"}',
        b"[" * 100_000,
    ],
)
async def test_params_that_are_no_json_object_are_refused_by_their_place(params: bytes) -> None:
    engine = FakeEngine(image_config())
    request = asking("reader", ("image", files(b"", b"")), ("params", files(b"{}", params)))
    error = await refusal(engine, request)
    assert (error.status, error.message) == (
        Status.INVALID_ARGUMENT,
        "params[1] is not a JSON object.",
    )


async def test_a_model_with_both_faces_takes_either() -> None:
    engine = FakeEngine(config("flowers", **BOTH_FACES))
    pixels = to_tensor(np.zeros((1, 3, 8, 8), np.float32), "FP32")
    answer = await infer(engine, asking("flowers", ("image", pixels)))
    assert [output.name for output in answer.outputs] == ["scores"]
    answer = await infer(engine, asking("flowers", ("image", files(b"a file"))))
    assert [output.name for output in answer.outputs] == ["result"]


async def test_a_request_of_both_faces_is_refused() -> None:
    both: dict[str, Any] = BOTH_FACES | {
        "inputs": [{"name": "pixels", "datatype": "FP32", "shape": [3, 8, 8]}]
    }
    engine = FakeEngine(config("flowers", **both))
    pixels = to_tensor(np.zeros((1, 3, 8, 8), np.float32), "FP32")
    request = asking("flowers", ("image", files(b"a file")), ("pixels", pixels))
    error = await refusal(engine, request)
    assert error.message == (
        "The model takes either images (image, params) or tensors (pixels): "
        "with image there is no 'pixels'."
    )


async def test_an_image_that_fails_is_named_by_its_place_and_the_rest_is_called_off() -> None:
    def script(job: Job) -> Outcome:
        if job.id == -2:
            return Failed(job, "unreadable_image", "It is no image.", FailureKind.PERMANENT)
        return answered(job)

    engine = FakeEngine(image_config(max_batch_size=2), script=script)
    request = asking("reader", ("image", files(*[b"x"] * 9)))
    error = await refusal(engine, request)
    assert (error.status, error.message) == (Status.INVALID_ARGUMENT, "image[1]: It is no image.")
    assert len(engine.jobs) < 9
    assert engine.running == 0


async def test_many_images_do_not_enter_the_engine_all_at_once() -> None:
    small: ModelConfig = image_config(max_batch_size=4, instances={"count": 2})
    engine = FakeEngine(small)
    await infer(engine, asking("reader", ("image", files(*[b"x"] * 100))))
    assert (len(engine.jobs), engine.most_running) == (100, 16)
    short: ModelConfig = image_config(max_batch_size=4, batching={"max_queue_size": 3})
    engine = FakeEngine(short)
    await infer(engine, asking("reader", ("image", files(*[b"x"] * 100))))
    assert engine.most_running == 3


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
        return answered(job) if job.alone else failed(code)(job)

    engine = FakeEngine(config(), script=script)
    await infer(engine, asking("adder", ("a", ONES), ("b", ONES)))
    assert [job.alone for job in engine.jobs] == [False, True]


async def test_a_model_whose_requests_share_nothing_is_not_tried_again() -> None:
    engine = FakeEngine(image_config(max_batch_size=1), script=failed("model_crashed"))
    await refusal(engine, asking("reader", ("image", files(b"x"))))
    assert len(engine.jobs) == 1


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


async def test_progress_tells_which_image_has_come_how_far() -> None:
    engine = FakeEngine(image_config(max_batch_size=4))
    engine.released.clear()
    told: list[tuple[int, str]] = []
    running = asyncio.create_task(
        data_plane(engine)[0].infer(
            asking("reader", ("image", files(b"x", b"y"))),
            PERSON,
            lambda index, step: told.append((index, step.stage)),
        )
    )
    await engine.runs(2)
    for job in reversed(engine.jobs):
        engine.reports[job.id](Progress(job.id, 1, "detect", 0.5, None))
    engine.released.set()
    await running
    assert told == [(1, "detect"), (0, "detect")]


async def test_use_is_counted_by_person_model_and_door() -> None:
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


async def test_an_answer_that_is_too_large_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference.oip.data_plane.MAX_RESPONSE_BYTES", 31)
    error = await refusal(FakeEngine(config()), asking("adder", ("a", ONES), ("b", ONES)))
    assert error.status is Status.RESOURCE_EXHAUSTED
    assert "32 bytes" in error.message


async def test_a_request_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference.oip.contents.MAX_REQUEST_BYTES", 63)
    error = await refusal(FakeEngine(config()), asking("adder", ("a", ONES), ("b", ONES)))
    assert error.message == "The inputs have more than 63 bytes."


async def test_a_large_request_is_read_beside_the_event_loop() -> None:
    wide = config(
        inputs=[{"name": "a", "datatype": "FP32", "shape": [-1]}],
        outputs=[{"name": "sum", "datatype": "FP32", "shape": [-1]}],
    )
    zeros = to_tensor(np.zeros((1, 1 << 19), np.float32), "FP32")
    answer = await infer(FakeEngine(wide), asking("adder", ("a", zeros)))
    told = Tensor("FP32", (1, 1 << 19), answer.raw_output_contents[0])
    assert not to_numpy(told).any()
