"""Calls at the REST endpoint and behind it, and their refusals."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest
from django.test import AsyncClient

from consumers.oip.worker_channel import Outgoing
from inference.oip.errors import ProtocolError
from inference.oip.messages import ModelInferResponse
from tests.fakes.grpc_worker import GrpcWorker

Start = Callable[..., Awaitable[GrpcWorker]]

INPUT = {"name": "a", "datatype": "FP32", "shape": [1], "data": [1.5]}
INFER = "/v2/models/adder/infer"


def answered() -> Any:
    response = ModelInferResponse(model_name="adder", model_version="1")
    response.outputs.add(name="sum", datatype="FP32", shape=[1])
    response.raw_output_contents.append(np.array([1.5], np.float32).tobytes())
    return response


def call(**values: Any) -> Outgoing:
    """A call that must not be carried out twice, unless told otherwise."""
    return Outgoing(**{"method": "ModelInfer", "payload": b"x", "repeats": 0, **values})


async def refusal(awaitable: Awaitable[Any]) -> ProtocolError:
    with pytest.raises(ProtocolError) as raised:
        await awaitable
    return raised.value


class Client:
    """Asks with a token, or without."""

    def __init__(self, token: str = "") -> None:
        self._wire = AsyncClient()
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def get(self, path: str) -> Any:
        return await self._wire.get(path, headers=self._headers)

    async def post(self, path: str, body: bytes | str = b"", **headers: str) -> Any:
        return await self._wire.post(
            path, body, content_type="text/plain", headers={**self._headers, **headers}
        )


def error(response: Any, status: int) -> str:
    assert response.status_code == status, response.content
    body = json.loads(response.content)
    assert body.keys() == {"error"}
    assert response["Content-Type"] == "application/json"
    assert response["Content-Length"] == str(len(response.content))
    text: str = body["error"]
    return text


async def infer(client: Client, path: str = INFER, **headers: str) -> Any:
    return await client.post(path, json.dumps({"inputs": [INPUT]}), **headers)
