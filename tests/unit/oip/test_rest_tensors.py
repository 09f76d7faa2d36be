"""The elements of a tensor, between JSON and bytes."""

import json
import math
import threading
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.engine.arrays import NUMPY_TYPES, to_numpy
from inference.engine.types import Tensor
from inference.oip.errors import ProtocolError, Status
from inference.oip.rest_json import MAX_JSON_ARRAYS, MAX_JSON_BYTES, parsed
from inference.oip.rest_tensors import packed, written

ROOM = 1000

VALUES: dict[str, list[Any]] = {
    "BOOL": [True, False],
    "UINT8": [0, 255],
    "UINT16": [0, 2**16 - 1],
    "UINT32": [0, 2**32 - 1],
    "UINT64": [0, 2**64 - 1],
    "INT8": [-128, 127],
    "INT16": [-(2**15), 2**15 - 1],
    "INT32": [-(2**31), 2**31 - 1],
    "INT64": [-(2**63), 2**63 - 1],
    "FP32": [-0.1, 3.4e38],
    "FP64": [-0.1, 1.7e308],
    "BYTES": ["", "été \N{CAMERA}"],
}


def refusal(datatype: str, shape: list[int], data: Any) -> str:
    with pytest.raises(ProtocolError) as raised:
        packed("a", datatype, shape, data, ROOM)
    assert raised.value.status is Status.INVALID_ARGUMENT
    return raised.value.message


@pytest.mark.parametrize("datatype", VALUES)
def test_each_datatype_comes_back_as_it_went(datatype: str) -> None:
    data = packed("a", datatype, [2], VALUES[datatype], ROOM)
    values = json.loads(written("a", Tensor(datatype, (2,), data)))
    if datatype == "FP32":
        values = np.array(values, np.float32).tolist()
        assert values == np.array(VALUES[datatype], np.float32).tolist()
    else:
        assert values == VALUES[datatype]


def test_every_datatype_is_either_json_or_binary_only() -> None:
    assert VALUES.keys() | {"FP16"} == NUMPY_TYPES.keys()
    assert "binary data only" in refusal("FP16", [1], [1.0])
    assert "binary data only" in refusal("BF16", [1], [1.0])
    assert "unknown datatype" in refusal("FP128", [1], [1.0])


@pytest.mark.parametrize("data", [[[1, 2, 3], [4, 5, 6]], [1, 2, 3, 4, 5, 6]])
def test_data_is_nested_like_its_shape_or_flat(data: Any) -> None:
    tensor = Tensor("INT32", (2, 3), packed("a", "INT32", [2, 3], data, ROOM))
    assert to_numpy(tensor).tolist() == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("shape", "data", "says"),
    [
        ([2], 1, "not a list"),
        ([2], {"0": 1}, "not a list"),
        ([2], [1], "1 elements, where its shape [2] has 2"),
        ([0], [1], "1 elements, where its shape [0] has 0"),
        ([2, 2], [[1, 2], [3]], "not nested like its shape"),
        ([2, 2], [[1, 2], 3], "not nested like its shape"),
        ([2, 2], [1, 2, [3, 4]], "3 elements"),
        ([4], [[1, 2], [3, 4]], "not nested like its shape"),
        ([2, 2], [[1, 2, 3, 4]], "not nested like its shape"),
        ([1, 1], [[[1]]], "not nested like its shape"),
        ([2, 2, 2], [[1, 2], [3, 4]], "4 elements"),
    ],
)
def test_data_that_does_not_fit_its_shape_is_refused(
    shape: list[int], data: Any, says: str
) -> None:
    assert says in refusal("INT32", shape, data)


@pytest.mark.parametrize(
    ("datatype", "value", "says"),
    [
        ("INT32", 1.0, "not an integer"),
        ("INT32", True, "not an integer"),
        ("INT32", "1", "not an integer"),
        ("INT32", None, "not an integer"),
        ("INT32", 2**31, "no INT32"),
        ("UINT8", -1, "no UINT8"),
        ("UINT64", 2**64, "no UINT64"),
        ("INT64", -(2**63) - 1, "no INT64"),
        ("FP32", False, "not a number"),
        ("FP32", "1", "not a number"),
        ("FP32", 1e39, "too large for FP32"),
        ("FP64", 10**400, "no FP64"),
        ("FP64", math.inf, "too large for FP64"),
        ("BOOL", 1, "not true or false"),
        ("BYTES", 1, "not a string"),
        ("BYTES", "\ud800", "surrogate"),
    ],
)
def test_an_element_of_another_kind_is_refused(datatype: str, value: Any, says: str) -> None:
    assert says in refusal(datatype, [1], [value])
    sound = VALUES[datatype][0]
    assert says in refusal(datatype, [3], [sound, sound, value])


@pytest.mark.parametrize(
    ("datatype", "data", "size"), [("FP64", [1, 2], 16), ("BYTES", ["ab", "ü"], 12)]
)
def test_what_takes_more_than_there_is_room_for_is_refused(
    datatype: str, data: Any, size: int
) -> None:
    assert len(packed("a", datatype, [2], data, size)) == size
    with pytest.raises(ProtocolError, match="too large") as raised:
        packed("a", datatype, [2], data, size - 1)
    assert raised.value.status is Status.INVALID_ARGUMENT


def test_a_long_output_is_written_piece_by_piece_without_a_seam() -> None:
    values = np.arange(200_000, dtype="<i4")
    tensor = Tensor("INT32", (200_000,), values.tobytes())
    assert json.loads(written("a", tensor)) == values.tolist()


def test_an_empty_tensor_is_an_empty_list() -> None:
    assert written("a", Tensor("FP32", (0, 3), b"")) == b"[]"
    assert packed("a", "FP32", [0, 3], [], ROOM) == b""


def test_other_threads_go_on_while_a_large_request_is_parsed() -> None:
    body = json.dumps({"data": list(range(600_000))}).encode()
    turns, done = 0, threading.Event()

    def take_turns() -> None:
        nonlocal turns
        while not done.is_set():
            turns += 1
            time.sleep(0)

    thread = threading.Thread(target=take_turns)
    thread.start()
    before = turns
    values = parsed(body)
    taken = turns - before
    done.set()
    thread.join()
    assert values["data"][-1] == 599_999
    assert taken > 5


def test_json_beyond_its_limit_is_not_parsed() -> None:
    with pytest.raises(ProtocolError, match="send large tensors as binary data"):
        parsed(b" " * (MAX_JSON_BYTES + 1))


def test_json_of_very_many_arrays_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProtocolError, match="more than 1048576 arrays: send large tensors as"):
        parsed(b'{"data":[' + b"[]," * MAX_JSON_ARRAYS + b"[]]}")
    monkeypatch.setattr("inference.oip.rest_json.MAX_JSON_ARRAYS", 1000)
    within = parsed(b'{"data":[' + b"[]," * 998 + b"[]]}")
    assert len(within["data"]) == 999
    with pytest.raises(ProtocolError, match="more than 1000 arrays"):
        parsed(b'{"data":[' + b"[]," * 999 + b"[]]}")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(
    datatype=st.sampled_from([*NUMPY_TYPES, "BF16", "x"]),
    shape=st.lists(st.integers(0, 4), max_size=4),
    data=json_values,
)
def test_whatever_the_data_is_it_fits_or_is_refused(
    datatype: str, shape: list[int], data: Any
) -> None:
    content: bytes | None
    status = None
    try:
        content = packed("a", datatype, shape, data, ROOM)
    except ProtocolError as refused:
        status, content = refused.status, None
    if content is None:
        assert status is Status.INVALID_ARGUMENT
    else:
        assert to_numpy(Tensor(datatype, tuple(shape), content)).shape == tuple(shape)
