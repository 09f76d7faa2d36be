"""Requests over gRPC that are wrong: each has its status, and the server serves on.

One of each kind; tests/unit/oip has them all.
"""

import asyncio
from typing import Any

import grpc
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference.oip.limits import MAX_REQUEST_BYTES
from inference.oip.messages import ModelInferRequest
from tests.conformance.asking_grpc import Line, adding, seeing, status_of
from tests.conformance.conftest import Served
from tests.photos import tiny

pytestmark = pytest.mark.slow

Code = grpc.StatusCode


def unknown() -> Any:
    request = adding()
    request.model_version = "../1"
    return request


def truncated() -> Any:
    request = adding()
    request.raw_input_contents[0] = bytes(15)
    return request


def in_shared_memory() -> Any:
    request = adding()
    request.inputs[0].parameters["shared_memory_region"].string_param = "region"
    return request


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        (unknown(), Code.NOT_FOUND, "version ../1"),
        (ModelInferRequest(model_name="adder"), Code.INVALID_ARGUMENT, "'a' is missing"),
        (truncated(), Code.INVALID_ARGUMENT, "16 bytes, not 15"),
        (in_shared_memory(), Code.UNIMPLEMENTED, "shared memory"),
        (seeing(tiny()[:40]), Code.INVALID_ARGUMENT, "image[0]: "),
        (seeing(tiny(), b'{"gain": -1}'), Code.INVALID_ARGUMENT, "image[0]: gain"),
    ],
)
async def test_a_malformed_request_has_its_status(
    line: Line, request_: Any, code: grpc.StatusCode, words: str
) -> None:
    told, details = await status_of(line.infer(request_))
    assert (told, details) == (code, details)
    assert words in details
    assert "Traceback" not in details


async def test_bytes_that_are_no_message_are_an_invalid_argument(line: Line) -> None:
    code, _ = await status_of(line.send("ModelInfer", b"\xff\xfe\xfd\x00\x01"))
    assert code is Code.INVALID_ARGUMENT


async def test_a_request_above_the_limit_is_refused(line: Line) -> None:
    code, _ = await status_of(line.send("ModelInfer", bytes(MAX_REQUEST_BYTES + (4 << 20))))
    assert code is Code.RESOURCE_EXHAUSTED


def fragile(value: float) -> Any:
    request = ModelInferRequest(model_name="fragile")
    request.inputs.add(name="x", datatype="FP32", shape=[1, 1])
    request.raw_input_contents.append(np.float32(value).tobytes())
    return request


@pytest.mark.parametrize("bad", [-1.0, -200.0])
async def test_a_bad_request_never_takes_its_batch_mates_along(line: Line, bad: float) -> None:
    """-1 raises in the model, -200 ends its process."""
    values = [1.0, 2.0, bad, 3.0, 4.0, 5.0]
    outcomes = await asyncio.gather(
        *(line.infer(fragile(value)) for value in values), return_exceptions=True
    )
    for value, outcome in zip(values, outcomes, strict=True):
        if value == bad:
            assert isinstance(outcome, grpc.aio.AioRpcError)
            assert outcome.code() is Code.INTERNAL
        else:
            assert not isinstance(outcome, BaseException), outcome
            assert np.frombuffer(outcome.raw_output_contents[0], np.float32)[0] == value


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_comes_is_answered_or_refused(served: Served, data: st.DataObject) -> None:
    """Requests in which any byte may be another."""
    body = bytearray(adding().SerializeToString())
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))

    async def ask() -> grpc.StatusCode:
        line = Line(served.grpc_url, served.headers)
        try:
            await line.send("ModelInfer", bytes(body))
        except grpc.aio.AioRpcError as error:
            return error.code()
        else:
            return Code.OK
        finally:
            await line.channel.close(None)

    expected = {Code.OK, Code.INVALID_ARGUMENT, Code.NOT_FOUND, Code.UNIMPLEMENTED}
    assert asyncio.run(ask()) in expected
