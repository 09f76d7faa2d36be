"""Tensors by the Open Inference Protocol: gRPC and REST, the same bytes to every server."""

import json
from contextlib import AsyncExitStack
from typing import Any, Final

import grpc
import numpy as np
from tritonclient.grpc import service_pb2

from benchmarks.http_connection import HttpConnection
from benchmarks.load import Call, Failed
from benchmarks.network import LABELS, SMALL, Network

METHOD: Final = "/inference.GRPCInferenceService/ModelInfer"
SCORES_BYTES: Final = 4 * len(LABELS)


def pixels(network: Network = SMALL) -> bytes:
    """One input tensor as little-endian FP32."""
    side = network.side
    random = np.random.default_rng(3)
    return random.normal(size=(1, 3, side, side)).astype("<f4").tobytes()


def grpc_request(network: Network = SMALL) -> bytes:
    """A ModelInferRequest as it goes over the wire."""
    request: Any = service_pb2.ModelInferRequest(model_name=network.name)
    tensor = request.inputs.add(name="pixels", datatype="FP32")
    tensor.shape.extend([1, 3, network.side, network.side])
    request.outputs.add(name="scores")
    request.raw_input_contents.append(pixels(network))
    return bytes(request.SerializeToString())


async def grpc_call(address: str, stack: AsyncExitStack, token: str = "") -> Call:
    """A call of ModelInfer; calls in flight share one channel, as a client's do.

    Raises:
        Failed: the first answer has no scores.
    """
    channel = await stack.enter_async_context(grpc.aio.insecure_channel(address))
    # Without serializers: packing the same message again would be the generator's own cost.
    infer = channel.unary_unary(METHOD, request_serializer=None, response_deserializer=None)
    request = grpc_request()
    metadata = (("authorization", token),) if token else ()
    answer = service_pb2.ModelInferResponse.FromString(await infer(request, metadata=metadata))
    if [len(raw) for raw in answer.raw_output_contents] != [SCORES_BYTES]:
        raise Failed(str(answer)[:200])

    async def call() -> None:
        if len(await infer(request, metadata=metadata)) < SCORES_BYTES:
            raise Failed(METHOD)

    return call


def rest_request(network: Network = SMALL) -> tuple[bytes, bytes]:
    """The head's lines and the body of an infer request with binary tensors both ways."""
    data = pixels(network)
    shape = [1, 3, network.side, network.side]
    tensor = {
        "name": "pixels",
        "shape": shape,
        "datatype": "FP32",
        "parameters": {"binary_data_size": len(data)},
    }
    outputs = [{"name": "scores", "parameters": {"binary_data": True}}]
    told = json.dumps({"inputs": [tensor], "outputs": outputs}).encode()
    head = b"Inference-Header-Content-Length: %d\r\n" % len(told)
    return head + b"Content-Type: application/octet-stream\r\n", told + data


def rest_call(host: str, port: int, headers: bytes = b"") -> Call:
    """A call of infer by REST over a connection of its own."""
    wire = HttpConnection(host, port)
    head, body = rest_request()
    path = f"/v2/models/{SMALL.name}/infer"

    async def call() -> None:
        answer = await wire.request("POST", path, head + headers, body)
        if answer.status != 200 or len(answer.body) < SCORES_BYTES:
            raise Failed(answer.body[:200])

    return call
