"""Infer requests and answers of the REST face: JSON, and tensors in it or as bytes behind it."""

import json
from typing import Any

import numpy as np
import pytest

from inference.engine.types import Tensor
from inference.oip.contents import tensors_of
from inference.oip.errors import ProtocolError, Status
from inference.oip.messages import ModelConfig, ModelInferResponse
from inference.oip.rest import InferCall, OutputForm, read_infer, write_infer
from inference.oip.rest_raw import read_raw
from inference.oip.rest_tensors import MAX_JSON_TENSOR_BYTES

BINARY = OutputForm(binary=True)
TEXT = OutputForm(binary=False)
NESTED_DEEPLY = b"[" * 100_000


def read(values: Any, behind: bytes | None = None) -> InferCall:
    """What is read of these JSON values, and of the bytes behind them."""
    head = values if isinstance(values, bytes) else json.dumps(values).encode()
    if behind is None:
        return read_infer(head, None, "adder", "")
    return read_infer(head + behind, len(head), "adder", "")


def one(**values: Any) -> dict[str, Any]:
    """A request with one input, FP32 [2] unless told otherwise."""
    return {"inputs": [{"name": "a", "datatype": "FP32", "shape": [2], **values}]}


def refusal(values: Any, behind: bytes | None = None) -> str:
    with pytest.raises(ProtocolError) as raised:
        read(values, behind)
    assert raised.value.status is Status.INVALID_ARGUMENT
    return raised.value.message


# Requests.


def test_everything_of_a_request_goes_on() -> None:
    call = read(
        {
            "model_name": "stray",
            "id": "seven",
            "parameters": {
                "timeout": 5000,
                "flag": True,
                "text": "é",
                "ratio": 0.5,
                "large": 2**63,
                "binary_data_output": True,
            },
            "inputs": [{"name": "a", "datatype": "INT8", "shape": [1], "data": [-1]}],
            "outputs": [
                {"name": "sum", "parameters": {"classification": 2, "binary_data": False}},
                {"name": "difference"},
            ],
        }
    )
    request = call.request
    assert (request.model_name, request.model_version, request.id) == ("adder", "", "seven")
    parameters = request.parameters
    assert parameters["timeout"].int64_param == 5000
    assert parameters["flag"].bool_param is True
    assert parameters["text"].string_param == "é"
    assert parameters["ratio"].double_param == 0.5
    assert parameters["large"].uint64_param == 2**63
    # How the answer travels is between the client and this face.
    assert "binary_data_output" not in parameters
    assert [output.name for output in request.outputs] == ["sum", "difference"]
    assert dict(request.outputs[0].parameters).keys() == {"classification"}
    assert not call.form.is_binary("sum")
    assert call.form.is_binary("difference")


def test_binary_data_is_taken_in_the_order_of_the_inputs() -> None:
    a, c = np.array([1, 2], np.float32).tobytes(), np.array([7], np.int64).tobytes()
    call = read(
        {
            "inputs": [
                {"name": "a", "datatype": "FP32", "shape": [2], "parameters": size(8)},
                {"name": "b", "datatype": "BOOL", "shape": [2], "data": [True, False]},
                {"name": "c", "datatype": "INT64", "shape": [1], "parameters": size(8)},
            ]
        },
        a + c,
    )
    tensors = tensors_of(call.request)
    assert tensors == {
        "a": Tensor("FP32", (2,), a),
        "b": Tensor("BOOL", (2,), b"\1\0"),
        "c": Tensor("INT64", (1,), c),
    }
    assert "binary_data_size" not in call.request.inputs[0].parameters


def size(count: Any) -> dict[str, Any]:
    return {"binary_data_size": count}


def test_outputs_are_json_unless_asked_for_otherwise() -> None:
    assert not read(one(data=[1, 2])).form.is_binary("sum")


@pytest.mark.parametrize(
    ("values", "behind", "says"),
    [
        (b"", None, "has no inputs"),
        (b"{", None, "not JSON"),
        (b"[]", None, "not a JSON object"),
        (b"\xff{}", None, "not JSON"),
        (b'{"inputs": NaN}', None, "NaN is not JSON"),
        (b'{"inputs": [], "id": -Infinity}', None, "-Infinity is not JSON"),
        (b'{"inputs": ' + NESTED_DEEPLY, None, "nested too deeply"),
        (b'{"id": ' + b"9" * 5000 + b"}", None, "not JSON"),
        ({"id": 7, "inputs": []}, None, "id is not a string"),
        (b'{"id": "\\ud800", "inputs": []}', None, "surrogate"),
        ({"inputs": {}}, None, "inputs is not a list of objects"),
        ({"inputs": ["a"]}, None, "inputs is not a list of objects"),
        ({"inputs": [], "parameters": []}, None, "parameters is not an object"),
        ({"inputs": [], "parameters": {"a": None}}, None, "The parameter 'a'"),
        ({"inputs": [], "parameters": {"a": [1]}}, None, "The parameter 'a'"),
        ({"inputs": [], "parameters": {"a": 2**64}}, None, "The parameter 'a'"),
        ({"inputs": [], "parameters": {"binary_data_output": 1}}, None, "true or false"),
        ({"inputs": [], "outputs": [{}]}, None, "An output's name"),
        ({"inputs": [{}]}, None, "An input's name"),
        (one(), None, "neither data nor binary_data_size"),
        (one(datatype=None, data=[]), None, "'a': datatype"),
        (one(shape="2", data=[]), None, "shape is not a list"),
        (one(shape=[True], data=[1]), None, "shape is not a list"),
        (one(shape=[-1], data=[1]), None, "negative or too large"),
        (one(shape=[2**63], data=[1]), None, "negative or too large"),
        (one(shape=[1] * 17, data=[1]), None, "more than 16 dimensions"),
        (one(data=[1, 2], parameters=size(8)), b"12345678", "one of the two"),
        (one(parameters=size(8)), None, "Inference-Header-Content-Length is missing"),
        (one(parameters=size(8)), b"1234567", "7 are left"),
        (one(parameters=size(-1)), b"", "not a number of bytes"),
        (one(parameters=size("8")), b"12345678", "not a number of bytes"),
        (one(parameters=size(8)), b"123456789", "there are 9 bytes, and the inputs take 8"),
        (one(data=[1, 2]), b"x", "there are 1 bytes, and the inputs take 0"),
    ],
)
def test_what_cannot_be_read_is_named(values: Any, behind: bytes | None, says: str) -> None:
    assert says in refusal(values, behind)


def test_a_header_longer_than_the_body_is_refused() -> None:
    with pytest.raises(ProtocolError, match="is 3, and the body has 2 bytes"):
        read_infer(b"{}", 3, "adder", "")


def test_shared_memory_goes_on_to_be_refused() -> None:
    request = read(one(parameters={"shared_memory_region": "r"})).request
    with pytest.raises(ProtocolError) as raised:
        tensors_of(request)
    assert raised.value.status is Status.UNIMPLEMENTED


# Raw binary requests.


def config(datatype: str, dims: list[int], max_batch_size: int = 0, **more: Any) -> Any:
    inputs = [{"name": "x", "data_type": f"TYPE_{datatype}", "dims": dims}]
    return ModelConfig(max_batch_size=max_batch_size, input=[*inputs, *more.get("also", [])])


@pytest.mark.parametrize(
    ("model", "body", "shape"),
    [
        (config("FP32", [4]), bytes(16), [4]),
        (config("FP32", [-1, 2]), bytes(16), [2, 2]),
        (config("UINT8", [8, 8, 3], 4), bytes(384), [2, 8, 8, 3]),
        (config("INT64", [-1]), b"", [0]),
    ],
)
def test_the_shape_of_a_body_of_data_alone_follows_from_its_length(
    model: Any, body: bytes, shape: list[int]
) -> None:
    call = read_raw(body, model, "adder", "1")
    assert list(call.request.inputs[0].shape) == shape
    assert list(call.request.raw_input_contents) == [body]
    assert call.form.is_binary("anything")


def test_a_body_of_bytes_alone_is_one_element() -> None:
    optional = {"name": "params", "data_type": "TYPE_STRING", "dims": [-1], "optional": True}
    call = read_raw(b"\xff\xd8jpeg", config("STRING", [-1], also=[optional]), "reader", "")
    (tensor,) = tensors_of(call.request).values()
    assert tensor == Tensor("BYTES", (1,), b"\6\0\0\0\xff\xd8jpeg")


@pytest.mark.parametrize(
    ("model", "body", "says"),
    [
        (config("FP32", [-1, -1]), bytes(16), "several open dimensions"),
        (config("FP32", [-1], 4), bytes(16), "several open dimensions"),
        (config("FP32", [4]), bytes(20), "20 bytes do not fill"),
        (config("FP32", [-1, 3]), bytes(16), "16 bytes do not fill"),
        (config("FP32", [1], also=[{"name": "y"}]), bytes(4), "the model has 2"),
    ],
)
def test_a_shape_that_does_not_follow_is_asked_for(model: Any, body: bytes, says: str) -> None:
    with pytest.raises(ProtocolError, match=says):
        read_raw(body, model, "adder", "")


# Answers.


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
        {"name": "a", "datatype": "UINT8", "shape": [3], "parameters": size(3)},
        {"name": "b", "datatype": "BOOL", "shape": [2], "data": [True, False]},
        {"name": "c", "datatype": "FP16", "shape": [1], "parameters": size(2)},
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
