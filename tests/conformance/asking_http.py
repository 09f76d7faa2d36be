"""What the http tests ask, and how they are refused."""

from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pytest
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

A = np.arange(8, dtype=np.float32).reshape(2, 4)
B = np.full((2, 4), 0.5, np.float32)


def inputs(*, binary: bool = True, a: Any = A, b: Any = B) -> list[Any]:
    """What the adder takes."""
    made = []
    for name, array in (("a", a), ("b", b)):
        tensor = triton.InferInput(name, array.shape, "FP32")
        tensor.set_data_from_numpy(array, binary_data=binary)
        made.append(tensor)
    return made


def refused(call: Callable[[], Any], status: str) -> str:
    with pytest.raises(InferenceServerException) as raised:
        call()
    assert raised.value.status() == status
    message: str = raised.value.message()
    assert "exception occurred in the client" not in message
    return message


ECHO: dict[str, Any] = {
    "BOOL": np.array([True, False]),
    "UINT8": np.array([0, 255], np.uint8),
    "UINT16": np.array([0, 2**16 - 1], np.uint16),
    "UINT32": np.array([0, 2**32 - 1], np.uint32),
    "UINT64": np.array([0, 2**64 - 1], np.uint64),
    "INT8": np.array([-128, 127], np.int8),
    "INT16": np.array([-(2**15), 2**15 - 1], np.int16),
    "INT32": np.array([-(2**31), 2**31 - 1], np.int32),
    "INT64": np.array([-(2**63), 2**63 - 1], np.int64),
    "FP16": np.array([-0.1, 65504], np.float16),
    "FP32": np.array([-0.1, 3.4e38], np.float32),
    "FP64": np.array([-0.1, 1.7e308], np.float64),
    "BYTES": np.array([b"", "été".encode()], object),
}


def echo_inputs(*, binary: bool = True) -> list[Any]:
    """One input of each datatype; FP16 is binary always."""
    made = []
    for datatype, array in ECHO.items():
        tensor = triton.InferInput(f"in_{datatype}", array.shape, datatype)
        tensor.set_data_from_numpy(array, binary_data=binary or datatype == "FP16")
        made.append(tensor)
    return made


GOOD = {
    "inputs": [
        {"name": name, "shape": [1, 4], "datatype": "FP32", "data": [1, 2, 3, 4]} for name in "ab"
    ]
}
BELOW_ZERO = {"inputs": [{"name": "x", "shape": [1, 1], "datatype": "FP32", "data": [-1]}]}
INFER = "/v2/models/adder/infer"


def changed(**values: Any) -> dict[str, Any]:
    """The good request with another first input."""
    first, second = GOOD["inputs"]
    return {"inputs": [{**first, **values}, second]}


def error(answer: httpx.Response, *statuses: int) -> str:
    """The message of a refusal, once it has the one shape that all refusals have."""
    assert answer.status_code in statuses, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    assert "Content-Encoding" not in answer.headers
    body = answer.json()
    assert body.keys() == {"error"}
    message: str = body["error"]
    assert message
    assert "Traceback" not in message
    return message
