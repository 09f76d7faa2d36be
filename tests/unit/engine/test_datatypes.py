"""The protocol's binary tensors and numpy's arrays."""

import struct

import numpy as np
import pytest

from inference.engine.arrays import datatype_of, to_numpy, to_tensor
from inference.engine.errors import InvalidInput
from inference.engine.types import Tensor


@pytest.mark.parametrize(
    ("datatype", "code", "values"),
    [
        ("BOOL", "?", [True, False]),
        ("UINT8", "B", [0, 255]),
        ("UINT16", "H", [0, 65535]),
        ("UINT32", "I", [0, 2**32 - 1]),
        ("UINT64", "Q", [0, 2**64 - 1]),
        ("INT8", "b", [-128, 127]),
        ("INT16", "h", [-(2**15), 1]),
        ("INT32", "i", [-(2**31), 1]),
        ("INT64", "q", [-(2**63), 1]),
        ("FP16", "e", [-0.5, 65504.0]),
        ("FP32", "f", [-0.5, float("inf")]),
        ("FP64", "d", [-0.1, 1e300]),
    ],
)
def test_every_datatype_goes_both_ways(
    datatype: str, code: str, values: list[float | bool]
) -> None:
    data = struct.pack(f"<2{code}", *values)
    tensor = Tensor(datatype, (1, 2), data)
    array = to_numpy(tensor)
    assert array.shape == (1, 2)
    assert array.tolist() == [values]
    assert datatype_of(array) == datatype
    assert to_tensor(array, datatype) == tensor


def test_bytes_go_both_ways_and_text_goes_out_as_utf8() -> None:
    data = b"\x02\x00\x00\x00hi\x00\x00\x00\x00\x02\x00\x00\x00\xc3\xa9"
    array = to_numpy(Tensor("BYTES", (3, 1), data))
    assert array.tolist() == [[b"hi"], [b""], ["é".encode()]]
    assert to_tensor(array, "BYTES").data == data
    assert to_tensor(np.array([["hi"], [""], ["é"]]), "BYTES").data == data


def test_an_empty_tensor_is_one() -> None:
    assert to_numpy(Tensor("FP32", (0, 3), b"")).shape == (0, 3)
    assert to_numpy(Tensor("BYTES", (0,), b"")).shape == (0,)


def test_memory_in_another_order_is_brought_into_the_protocols() -> None:
    array = np.array([[1, 2], [3, 4]], ">i4")
    assert to_tensor(array.T, "INT32").data == struct.pack("<4i", 1, 3, 2, 4)


@pytest.mark.parametrize(
    ("tensor", "reason"),
    [
        (Tensor("BF16", (1,), b"\0\0"), "no datatype BF16"),
        (Tensor("FP32", (2,), bytes(7)), "takes 8 bytes, not 7"),
        (Tensor("FP32", (2,), bytes(12)), "takes 8 bytes, not 12"),
        (Tensor("BOOL", (3,), b"\0\2\1"), "neither 0 nor 1"),
        (Tensor("BYTES", (2**40,), b"\0\0\0\0"), "too short"),
        (Tensor("FP32", (0, 2**63 - 1), b""), "too large"),
        (Tensor("BYTES", (2**62, 0, 2**62), b""), "too large"),
        (Tensor("BYTES", (2,), b"\x04\0\0\0abcd"), "too short"),
        (Tensor("BYTES", (2,), b"\x01\0\0\0ab\0\0"), "too short"),
        (Tensor("BYTES", (1,), b"\x05\0\0\0abcd"), "longer than the data"),
        (Tensor("BYTES", (1,), b"\x01\0\0\0ab"), "more data"),
    ],
)
def test_data_that_is_not_what_it_says_is_refused(tensor: Tensor, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        to_numpy(tensor)


def test_an_array_of_another_datatype_is_not_converted_in_silence() -> None:
    with pytest.raises(TypeError):
        to_tensor(np.zeros(2), "FP32")
    with pytest.raises(TypeError):
        to_tensor(np.array([1, b"a"], object), "BYTES")


@pytest.mark.parametrize("datatype", ["FP32", "INT64", "BYTES"])
@pytest.mark.parametrize(
    "shape", [(0, 2**63 - 1), (2**63 - 1, 0), (0, 2**62, 2), (2**40, 0, 2**40), (0, 2**63, 2**70)]
)
def test_a_shape_that_no_array_has_is_refused(datatype: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInput, match="is too large"):
        to_numpy(Tensor(datatype, shape, b""))
