"""What conformance tests ask over gRPC byte by byte: requests that are wrong in any way."""

from typing import Any

import grpc
import numpy as np
import pytest

from inference.engine.arrays import to_tensor
from inference.oip.contents import strings
from inference.oip.messages import SERVICE, ModelInferRequest, message

ONES = to_tensor(np.ones((1, 4), np.float32), "FP32").data


def adding() -> Any:
    """A request that is answered."""
    request = ModelInferRequest(model_name="adder")
    for name in "ab":
        request.inputs.add(name=name, datatype="FP32", shape=[1, 4])
        request.raw_input_contents.append(ONES)
    return request


def seeing(image: bytes, params: bytes | None = None) -> Any:
    """A request of one image."""
    request = ModelInferRequest(model_name="brightness")
    for name, content in (("image", image), ("params", params)):
        if content is not None:
            request.inputs.add(name=name, datatype="BYTES", shape=[1])
            request.raw_input_contents.append(strings([content], (1,)).data)
    return request


class Line:
    """A channel that sends whatever it is given."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        options = [("grpc.max_send_message_length", -1)]
        self.channel = grpc.aio.insecure_channel(url, options)
        self._metadata = tuple(headers.items())

    async def send(self, name: str, body: bytes) -> Any:
        """The answer of this call to these bytes."""
        call = self.channel.unary_unary(
            f"/{SERVICE}/{name}", _as_it_is, message(f"{name}Response").FromString
        )
        return await call(body, metadata=self._metadata, timeout=60)

    async def infer(self, request: Any) -> Any:
        """The answer to a ModelInferRequest."""
        return await self.send("ModelInfer", request.SerializeToString())

    async def serves_well(self) -> None:
        """A good request is answered rightly."""
        answer = await self.infer(adding())
        # The highest version doubles.
        assert np.frombuffer(answer.raw_output_contents[0], np.float32).tolist() == [4.0] * 4


def _as_it_is(body: bytes) -> bytes:
    return body


async def status_of(call: Any) -> tuple[grpc.StatusCode, str]:
    """How a call fails."""
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call
    return raised.value.code(), raised.value.details() or ""
