"""Infer requests of the REST adapter: JSON, and tensors in it or as bytes behind it."""

import json
from typing import Any

import numpy as np
import pytest

from inference.engine.types import Tensor
from inference.oip.contents import strings_of, tensors_of
from inference.oip.errors import ProtocolError, Status
from inference.oip.rest import InferCall, read_infer

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


def size(count: Any) -> dict[str, Any]:
    return {"binary_data_size": count}


def refusal(values: Any, behind: bytes | None = None) -> str:
    with pytest.raises(ProtocolError) as raised:
        read(values, behind)
    assert raised.value.status is Status.INVALID_ARGUMENT
    return raised.value.message


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
    # How the answer travels is between the client and this adapter.
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


def test_outputs_are_json_unless_asked_for_otherwise() -> None:
    assert not read(one(data=[1, 2])).form.is_binary("sum")


@pytest.mark.parametrize(
    ("values", "behind", "says"),
    [
        (b"", None, "has no inputs"),
        (b"{", None, "not JSON"),
        (b"[]", None, "not a JSON object"),
        (b"null", None, "not a JSON object"),
        (b"\xff", None, "not JSON"),
        (b"\xff{}", None, "not JSON"),
        (b"\0" * 100, None, "JSON in UTF-32-BE: send it in UTF-8"),
        (NESTED_DEEPLY, None, "nested too deeply"),
        (b'{"inputs": NaN}', None, "NaN is not a number that JSON has"),
        (b'{"inputs": [], "id": -Infinity}', None, "-Infinity is not a number that JSON has"),
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
        (one(parameters=size(8)), b"", "0 are left"),
        (one(parameters=size(-1)), b"", "not a number of bytes"),
        (one(parameters=size("8")), b"12345678", "not a number of bytes"),
        (one(parameters=size(8)), b"123456789", "there are 9 bytes, and the inputs take 8"),
        (one(data=[1, 2]), b"x", "there are 1 bytes, and the inputs take 0"),
        (one(data=[], parameters={"shared_memory_region": "r"}), None, "0 elements"),
    ],
)
def test_what_cannot_be_read_is_named(values: Any, behind: bytes | None, says: str) -> None:
    assert says in refusal(values, behind)


@pytest.mark.parametrize("binary", ["a", "b", ""])
def test_the_inputs_are_measured_all_together(binary: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "inputs": [
            {"name": name, "datatype": "FP64", "shape": [1]}
            | ({"parameters": size(8)} if name == binary else {"data": [1]})
            for name in "ab"
        ]
    }
    behind = bytes(8) if binary else None
    monkeypatch.setattr("inference.oip.rest.MAX_REQUEST_BYTES", 16)
    assert len(read(values, behind).request.inputs) == 2
    monkeypatch.setattr("inference.oip.rest.MAX_REQUEST_BYTES", 15)
    assert "too large" in refusal(values, behind)


def test_a_header_longer_than_the_body_is_refused() -> None:
    with pytest.raises(ProtocolError, match="is 3, and the body has 2 bytes"):
        read_infer(b"{}", 3, "adder", "")


def test_shared_memory_goes_on_to_be_refused() -> None:
    request = read(one(parameters={"shared_memory_region": "r"})).request
    with pytest.raises(ProtocolError) as raised:
        tensors_of(request)
    assert raised.value.status is Status.UNIMPLEMENTED


@pytest.mark.parametrize("datatype", ["FP32", "BYTES"])
@pytest.mark.parametrize("shape", [[0, 2**63 - 1], [2**63 - 1, 0]])
def test_no_size_of_an_empty_input_is_a_servers_error(datatype: str, shape: list[int]) -> None:
    request = read(one(datatype=datatype, shape=shape, data=[])).request
    with pytest.raises(ProtocolError, match="a shape of more than") as raised:
        tensors_of(request)
    assert raised.value.status is Status.INVALID_ARGUMENT


def test_strings_in_base64_are_bytes_where_their_input_says_so() -> None:
    said = {"parameters": {"content_type": "base64"}, "datatype": "BYTES", "shape": [2]}
    call = read(one(data=["/9j/", "AA=="], **said))
    assert strings_of(tensors_of(call.request)["a"]) == [b"\xff\xd8\xff", b"\0"]
    assert call.request.inputs[0].parameters["content_type"].string_param == "base64"


def test_a_byte_order_mark_says_nothing_and_another_encoding_is_told() -> None:
    body = json.dumps(one(data=[1, 2])).encode()
    assert read(b"\xef\xbb\xbf" + body).request == read(body).request
    for encoding in ("utf-16", "utf-16-le", "utf-32"):
        told = refusal(body.decode().encode(encoding))
        assert told == f"The request is JSON in {encoding.upper()}: send it in UTF-8."


def test_a_key_that_stands_twice_is_refused() -> None:
    small = b'{"inputs": [{"name": "a", "name": "b"}]}'
    large = small + b" " * 300_000
    for body in (small, large):
        assert 'the key "name" stands in one object twice' in refusal(body)
