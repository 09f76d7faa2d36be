"""Tensors as requests carry them."""

import base64
import tracemalloc
from typing import Any

import numpy as np
import pytest

from inference.engine.arrays import to_numpy
from inference.oip.contents import tensors_of
from inference.oip.errors import ProtocolError, Status
from inference.oip.messages import ModelInferRequest

TYPED = [
    ("BOOL", "bool_contents", [True, False]),
    ("UINT8", "uint_contents", [0, 255]),
    ("UINT16", "uint_contents", [0, 65535]),
    ("UINT32", "uint_contents", [0, 2**32 - 1]),
    ("UINT64", "uint64_contents", [0, 2**64 - 1]),
    ("INT8", "int_contents", [-128, 127]),
    ("INT16", "int_contents", [-32768, 32767]),
    ("INT32", "int_contents", [-(2**31), 2**31 - 1]),
    ("INT64", "int64_contents", [-(2**63), 2**63 - 1]),
    ("FP32", "fp32_contents", [-0.5, 1.5]),
    ("FP64", "fp64_contents", [-0.1, 1e300]),
    ("BYTES", "bytes_contents", [b"", b"\0one"]),
]


def request(*inputs: dict[str, Any], raw: tuple[bytes, ...] = ()) -> Any:
    return ModelInferRequest(inputs=inputs, raw_input_contents=raw)


def refusal(asked: Any) -> ProtocolError:
    with pytest.raises(ProtocolError) as raised:
        tensors_of(asked)
    return raised.value


@pytest.mark.parametrize(("datatype", "field", "values"), TYPED)
def test_typed_contents_say_the_same_as_raw_ones(
    datatype: str, field: str, values: list[Any]
) -> None:
    typed = request({"name": "x", "datatype": datatype, "shape": [2], "contents": {field: values}})
    (tensor,) = tensors_of(typed).values()
    assert to_numpy(tensor).tolist() == values
    raw = request({"name": "x", "datatype": datatype, "shape": [2]}, raw=(tensor.data,))
    assert tensors_of(raw) == {"x": tensor}


def test_half_precision_travels_raw_only() -> None:
    half = {"name": "x", "datatype": "FP16", "shape": [1]}
    data = np.array([1.5], "<f2").tobytes()
    assert tensors_of(request(half, raw=(data,)))["x"].data == data
    assert "raw_input_contents only" in refusal(request(half)).message


@pytest.mark.parametrize(
    ("datatype", "field", "value"),
    [
        ("INT8", "int_contents", 128),
        ("UINT8", "uint_contents", 256),
        ("INT16", "int_contents", -32769),
        ("UINT16", "uint_contents", 65536),
    ],
)
def test_a_number_that_does_not_fit_its_datatype_is_refused_and_not_wrapped(
    datatype: str, field: str, value: int
) -> None:
    error = refusal(
        request({"name": "x", "datatype": datatype, "shape": [1], "contents": {field: [value]}})
    )
    assert error.status is Status.INVALID_ARGUMENT
    assert error.message == f"Input 'x' has a number that is no {datatype}."


def test_contents_of_another_datatype_are_refused() -> None:
    error = refusal(
        request({"name": "x", "datatype": "FP32", "shape": [1], "contents": {"int_contents": [1]}})
    )
    assert error.message == "Input 'x' is FP32, which goes into fp32_contents alone."


def test_raw_and_typed_contents_at_once_are_refused() -> None:
    one = {"name": "x", "datatype": "UINT8", "shape": [1], "contents": {"uint_contents": [1]}}
    error = refusal(request(one, raw=(b"\1",)))
    assert error.status is Status.INVALID_ARGUMENT
    assert "one of the two" in error.message


@pytest.mark.parametrize(
    ("datatype", "shape", "data", "words"),
    [
        ("FP32", [2], b"\0" * 7, "takes 8 bytes, not 7"),
        ("FP32", [2], b"\0" * 12, "takes 8 bytes, not 12"),
        ("FP32", [2], b"", "takes 8 bytes, not 0"),
        ("FP32", [], b"\0" * 16, "takes 4 bytes, not 16"),
        ("FP32", [-1], b"\0" * 4, "negative dimension"),
        ("FP32", [2**62, 2**62], b"\0" * 4, "more than 67108864 elements"),
        ("FP32", [2**62] * 16, b"\0" * 4, "more than 67108864 elements"),
        ("FP32", [1] * 17, b"\0" * 4, "more than 16 dimensions"),
        ("FP8", [1], b"\0", "unknown datatype: 'FP8'"),
        ("fp32", [1], b"\0" * 4, "unknown datatype: 'fp32'"),
        ("", [1], b"\0", "unknown datatype: ''"),
        ("BOOL", [2], b"\0\2", "neither 0 nor 1"),
        ("BYTES", [1], b"\0\0", "too short"),
        ("BYTES", [1], b"\4\0\0\0abc", "longer than the data"),
        ("BYTES", [1], b"\xff\xff\xff\xffabc", "longer than the data"),
        ("BYTES", [1], b"\1\0\0\0ab", "more data"),
        ("BYTES", [2], b"\1\0\0\0a", "too short"),
        ("BYTES", [2**20], b"\1\0\0\0a", "more than 262144 elements"),
    ],
)
def test_data_that_does_not_fit_its_shape_is_refused(
    datatype: str, shape: list[int], data: bytes, words: str
) -> None:
    error = refusal(request({"name": "x", "datatype": datatype, "shape": shape}, raw=(data,)))
    assert error.status is Status.INVALID_ARGUMENT
    assert error.message.startswith("Input 'x'")
    assert words in error.message


@pytest.mark.parametrize("values", [[], [1, 2]])
def test_typed_contents_of_another_count_are_refused(values: list[float]) -> None:
    error = refusal(
        request(
            {"name": "x", "datatype": "FP32", "shape": [3], "contents": {"fp32_contents": values}}
        )
    )
    assert error.status is Status.INVALID_ARGUMENT
    assert error.message == f"Input 'x' has {len(values)} elements, where its shape [3] has 3."


@pytest.mark.parametrize("counts", [[1 << 17], [1 << 16, 1 << 16]])
def test_contents_that_would_unpack_to_too_much_are_refused_before_they_do(
    counts: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inference.oip.contents.MAX_REQUEST_BYTES", 1 << 20)
    asked = request(
        *(
            {"name": f"x{place}", "datatype": "INT64", "shape": [count + 1]}
            for place, count in enumerate(counts)
        )
    )
    for one, count in zip(asked.inputs, counts, strict=True):
        one.contents.int64_contents.extend(np.zeros(count + 1, np.int64))
    tracemalloc.start()
    error = refusal(asked)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "too large" in error.message
    # What is within the limit may be held twice: as an array, and as its bytes.
    assert peak < 1.3 * 8 * (sum(counts) if len(counts) > 1 else 1 << 10)


def test_every_input_needs_its_raw_contents() -> None:
    x, y = ({"name": name, "datatype": "UINT8", "shape": [1]} for name in "xy")
    assert "1 raw_input_contents for 2 inputs" in refusal(request(x, y, raw=(b"\1",))).message
    assert "2 raw_input_contents for 1 inputs" in refusal(request(x, raw=(b"\1", b"\2"))).message


def test_an_input_that_stands_there_twice_is_refused() -> None:
    x = {"name": "x", "datatype": "UINT8", "shape": [1]}
    assert refusal(request(x, x, raw=(b"\1", b"\1"))).message == "Input 'x' stands there twice."


def test_shared_memory_is_not_served() -> None:
    asked = request({"name": "x", "datatype": "UINT8", "shape": [1]}, raw=(b"",))
    asked.inputs[0].parameters["shared_memory_region"].string_param = "region"
    error = refusal(asked)
    assert (error.status, error.message) == (
        Status.UNIMPLEMENTED,
        "Input 'x': shared memory is not served.",
    )


def test_a_long_name_does_not_make_a_long_message() -> None:
    asked = request({"name": "x" * 100_000, "datatype": "", "shape": [1]}, raw=(b"",))
    assert len(refusal(asked).message) < 300


HUGE = [[0, 2**63 - 1], [2**63 - 1, 0], [0, 2**62, 2**62], [2**32, 2**32, 0]]


@pytest.mark.parametrize("shape", HUGE)
@pytest.mark.parametrize(("datatype", "field", "values"), TYPED)
def test_no_size_of_an_empty_input_is_a_servers_error(
    datatype: str, field: str, values: list[Any], shape: list[int]
) -> None:
    empty = {"name": "x", "datatype": datatype, "shape": shape}
    for asked in (request(empty), request(empty, raw=(b"",))):
        error = refusal(asked)
        assert error.status is Status.INVALID_ARGUMENT
        assert error.message.startswith("Input 'x' has a shape of more than")


def in_base64(*elements: bytes, content_type: str = "base64") -> Any:
    return request(
        {
            "name": "x",
            "datatype": "BYTES",
            "shape": [len(elements)],
            "parameters": {"content_type": {"string_param": content_type}},
            "contents": {"bytes_contents": elements},
        }
    )


def test_elements_in_base64_are_read_where_their_input_says_so() -> None:
    once = base64.b64encode(b"\xff\xd8" * 50)
    wrapped = base64.encodebytes(b"\xff\xd8" * 50)
    for content_type in ("base64", "BASE64"):
        tensor = tensors_of(in_base64(once, wrapped, b"", content_type=content_type))["x"]
        assert to_numpy(tensor).tolist() == [b"\xff\xd8" * 50] * 2 + [b""]
    for content_type in ("", "str", "image/png"):
        tensor = tensors_of(in_base64(once, content_type=content_type))["x"]
        assert to_numpy(tensor).tolist() == [once]


@pytest.mark.parametrize(
    "element", [b"a", b"/9j", b"=", b"YQ==YQ==", b"\xff\xd8\xff", b"_-__", b"/9j/4AAQ!"]
)
def test_what_is_not_base64_is_named_by_its_place(element: bytes) -> None:
    error = refusal(in_base64(b"YQ==", element))
    assert error.status is Status.INVALID_ARGUMENT
    assert error.message == "Input 'x': element 1 is not base64, as its content_type says."


@pytest.mark.parametrize("told", [{"int64_param": 1}, {"bool_param": True}, {}])
def test_a_content_type_that_is_no_text_is_refused(told: dict[str, Any]) -> None:
    asked = in_base64(b"YQ==")
    asked.inputs[0].parameters["content_type"].Clear()
    for field, value in told.items():
        setattr(asked.inputs[0].parameters["content_type"], field, value)
    error = refusal(asked)
    assert error.status is Status.INVALID_ARGUMENT
    assert error.message == "Input 'x': the parameter content_type is a string."
