"""Infer requests of the REST adapter that are the data alone."""

from typing import Any

import pytest

from inference.engine.types import Tensor
from inference.oip.contents import tensors_of
from inference.oip.errors import ProtocolError
from inference.oip.messages import ModelConfig
from inference.oip.rest_raw import read_raw


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
