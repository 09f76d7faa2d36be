"""Over gRPC: bytes that are no request, too many of them, and a request that fails in a batch."""

import asyncio
from typing import Any

import grpc
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference.oip.limits import MAX_REQUEST_BYTES
from inference.oip.messages import ModelInferRequest
from tests.conformance.asking_grpc import (
    Line,
    adding,
    changed,
    raw,
    status_of,
)
from tests.conformance.conftest import Served

pytestmark = pytest.mark.slow

Code = grpc.StatusCode


def fragile(value: float) -> Any:
    request = ModelInferRequest(model_name="fragile")
    request.inputs.add(name="x", datatype="FP32", shape=[1, 1])
    request.raw_input_contents.append(np.float32(value).tobytes())
    return request


@pytest.mark.parametrize("name", ["ModelInfer", "ModelReady", "ModelConfig", "RepositoryIndex"])
async def test_bytes_that_are_no_message_are_an_invalid_argument(line: Line, name: str) -> None:
    code, _ = await status_of(line.send(name, b"\xff\xfe\xfd\x00\x01"))
    assert code is Code.INVALID_ARGUMENT


async def test_a_message_cut_short_is_an_invalid_argument(line: Line) -> None:
    body = adding().SerializeToString()
    code, _ = await status_of(line.send("ModelInfer", body[:-3]))
    assert code is Code.INVALID_ARGUMENT


async def test_a_request_above_the_limit_is_refused(line: Line) -> None:
    request = changed(raw(bytes(MAX_REQUEST_BYTES + (4 << 20))))
    code, _ = await status_of(line.infer(request))
    assert code is Code.RESOURCE_EXHAUSTED


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


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
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
