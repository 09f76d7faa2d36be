"""Infer requests of the REST adapter whose body is the one input's data, without any JSON."""

import struct
from typing import Any, Final

from inference.engine.datatypes import ITEM_BYTES
from inference.oip.contents import shown
from inference.oip.errors import invalid
from inference.oip.messages import ModelInferRequest
from inference.oip.rest import InferCall, OutputForm

_LENGTH: Final = struct.Struct("<I")


def read_raw(body: bytes, config: Any, model: str, version: str) -> InferCall:
    """The request of a body that is the one input's data alone; all outputs are binary data.

    `config` is the model's ModelConfig: it says what the input is called and of which shape it is.
    Of BYTES the body is the one element, without its length.

    Raises:
        ProtocolError: INVALID_ARGUMENT: the input cannot be told from the configuration.
    """
    inputs = [one for one in config.input if not one.optional]
    if len(inputs) != 1:
        raise invalid(f"A body of data alone is for one input, and the model has {len(inputs)}.")
    (one,) = inputs
    datatype = _datatype(one)
    dims = [*([-1] if config.max_batch_size else []), *one.dims]
    if datatype == "BYTES":
        data = _LENGTH.pack(len(body)) + body
        shape = [1 if size == -1 else size for size in dims]
    else:
        width = ITEM_BYTES[datatype]
        data, shape = body, _deduced(one.name, dims, len(body), width)
    request = ModelInferRequest(model_name=model, model_version=version)
    request.inputs.add(name=one.name, datatype=datatype, shape=shape)
    request.raw_input_contents.append(data)
    return InferCall(request, OutputForm(binary=True))


def _datatype(one: Any) -> str:
    enum = one.DESCRIPTOR.fields_by_name["data_type"].enum_type
    name: str = enum.values_by_number[one.data_type].name.removeprefix("TYPE_")
    return "BYTES" if name == "STRING" else name


def _deduced(name: str, dims: list[int], size: int, width: int) -> list[int]:
    """The shape with its one open dimension filled in."""
    known = width
    for length in dims:
        known *= 1 if length == -1 else length
    if dims.count(-1) > 1:
        raise invalid(f"Input {shown(name)} has several open dimensions: say its shape in JSON.")
    if size % known or (-1 not in dims and size != known):
        raise invalid(f"Input {shown(name)} has the shape {dims}, which {size} bytes do not fill.")
    return [size // known if length == -1 else length for length in dims]
