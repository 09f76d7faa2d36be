"""Infer answers of the REST adapter: JSON, and tensors in it or as bytes behind it."""

import json
from typing import Any

import numpy as np
import pytest

from inference.oip.errors import ProtocolError, Status
from inference.oip.limits import MAX_JSON_TENSOR_BYTES
from inference.oip.messages import ModelInferResponse
from inference.oip.rest import OutputForm, write_infer

BINARY = OutputForm(binary=True)
TEXT = OutputForm(binary=False)


def response(*outputs: tuple[str, str, list[int], bytes], **fields: Any) -> Any:
    answer = ModelInferResponse(model_name="adder", model_version="2", **fields)
    for name, datatype, shape, data in outputs:
        answer.outputs.add(name=name, datatype=datatype, shape=shape)
        answer.raw_output_contents.append(data)
    return answer


def test_an_answer_of_json_has_flat_data() -> None:
    half = np.array([[0.5, -1]], np.float32)
    body = write_infer(response(("sum", "FP32", [1, 2], half.tobytes()), id="7"), TEXT)
    assert body.json_bytes is None
    assert json.loads(body.content) == {
        "model_name": "adder",
        "model_version": "2",
        "id": "7",
        "outputs": [{"name": "sum", "datatype": "FP32", "shape": [1, 2], "data": [0.5, -1.0]}],
    }


def test_binary_outputs_stand_behind_the_json_in_their_order() -> None:
    outputs = [
        ("a", "UINT8", [3], b"\1\2\3"),
        ("b", "BOOL", [2], b"\1\0"),
        ("c", "FP16", [1], b"\0\x3c"),
    ]
    body = write_infer(response(*outputs), OutputForm(binary=True, by_name={"b": False}))
    assert body.json_bytes is not None
    head = json.loads(body.content[: body.json_bytes])
    assert body.content[body.json_bytes :] == b"\1\2\3\0\x3c"
    assert head["outputs"] == [
        {"name": "a", "datatype": "UINT8", "shape": [3], "parameters": {"binary_data_size": 3}},
        {"name": "b", "datatype": "BOOL", "shape": [2], "data": [True, False]},
        {"name": "c", "datatype": "FP16", "shape": [1], "parameters": {"binary_data_size": 2}},
    ]
    assert "id" not in head


def test_parameters_of_an_answer_are_plain_values() -> None:
    answer = response(("a", "UINT8", [0], b""))
    answer.parameters["final"].bool_param = True
    answer.outputs[0].parameters["unit"].string_param = "mm"
    values = json.loads(write_infer(answer, TEXT).content)
    assert values["parameters"] == {"final": True}
    assert values["outputs"][0]["parameters"] == {"unit": "mm"}


@pytest.mark.parametrize(
    ("datatype", "data", "says"),
    [
        ("FP16", b"\0\x3c", "FP16 travels as binary data only"),
        ("FP32", np.float32(np.nan).tobytes(), "NaN or infinity"),
        ("FP64", np.float64(-np.inf).tobytes(), "NaN or infinity"),
        ("BYTES", b"\1\0\0\0\xff", "not text in UTF-8"),
    ],
)
def test_what_json_cannot_say_asks_for_binary_data(datatype: str, data: bytes, says: str) -> None:
    answer = response(("a", datatype, [1], data))
    with pytest.raises(ProtocolError, match=says) as raised:
        write_infer(answer, TEXT)
    assert raised.value.status is Status.INVALID_ARGUMENT
    assert "Ask for binary_data" in raised.value.message
    assert write_infer(answer, BINARY).content.endswith(data)


def test_large_outputs_are_not_written_as_json() -> None:
    count = MAX_JSON_TENSOR_BYTES + 1
    answer = response(("a", "UINT8", [count], bytes(count)))
    with pytest.raises(ProtocolError, match="ask for binary_data"):
        write_infer(answer, TEXT)
    assert write_infer(answer, BINARY).json_bytes is not None


@pytest.mark.parametrize("data", [b"\1\2\3", b"\1\2\3\4\5"])
def test_a_broken_tensor_of_a_worker_is_its_fault(data: bytes) -> None:
    with pytest.raises(ProtocolError) as raised:
        write_infer(response(("a", "FP32", [1], data)), TEXT)
    assert raised.value.status is Status.INTERNAL


def test_an_answer_without_data_is_the_workers_fault() -> None:
    answer = response(("a", "UINT8", [1], b"\1"))
    del answer.raw_output_contents[:]
    with pytest.raises(ProtocolError) as raised:
        write_infer(answer, BINARY)
    assert raised.value.status is Status.INTERNAL
