"""Requests of images: what they become, what does not fit, how far each has come."""

import asyncio
import base64
import json
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from inference.engine.arrays import to_tensor
from inference.engine.config import ModelConfig
from inference.engine.types import (
    Failed,
    FailureKind,
    Job,
    Outcome,
    Progress,
    Tensor,
)
from inference.oip.contents import strings, strings_of
from inference.oip.errors import Status
from tests.unit.oip.bench import (
    BOTH_FACES,
    ONES,
    PERSON,
    FakeEngine,
    answered,
    asking,
    config,
    data_plane,
    files,
    image_config,
    infer,
    refusal,
)


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
        b"[" * 60_000,
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


@pytest.mark.parametrize(
    ("params", "says"),
    [
        (b'{"a":"%s"}' % (b"x" * (64 * 1024)), "has more than 65536 bytes"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "holds more than 64 levels"),
        (b'{"a":' + b"[" * 64 + b"]" * 64 + b"}", "holds more than 64 levels"),
        (b"[" * 500_000, "has more than 65536 bytes"),
        (b'{"a": 9223372036854775808}', "holds an integer of more than 64 bits"),
        (b'{"a": 1' + b"0" * 400 + b"}", "holds an integer of more than 64 bits"),
        (b'{"a": "\\ud800"}', "holds text with NUL or half a surrogate pair"),
    ],
)
async def test_params_that_are_too_large_or_hold_what_others_cannot_read_are_refused(
    params: bytes, says: str
) -> None:
    engine = FakeEngine(image_config())
    request = asking("reader", ("image", files(b"", b"")), ("params", files(b"{}", params)))
    error = await refusal(engine, request)
    assert (error.status, error.message) == (Status.INVALID_ARGUMENT, f"params[1] {says}.")
    assert not engine.jobs


async def test_params_of_64_levels_are_taken() -> None:
    engine = FakeEngine(image_config())
    params = files(b'{"a":' * 64 + b"1" + b"}" * 64)
    await infer(engine, asking("reader", ("image", files(b"")), ("params", params)))
    assert engine.jobs


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


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_an_image_that_came_as_base64_unsaid_is_told_how_to_say_so(kind: str) -> None:
    content = BytesIO()
    Image.new("RGB", (8, 8)).save(content, kind)
    encoded = base64.b64encode(content.getvalue())
    for text in (encoded, encoded[:16], b"data:image/png;base64," + encoded):
        error = await refusal(
            FakeEngine(image_config()), asking("reader", ("image", files(b"", text)))
        )
        assert error.status is Status.INVALID_ARGUMENT
        assert error.message == (
            "image[1] is base64: say so by the parameter content_type 'base64' of the input "
            "'image', or send the bytes as binary data."
        )
