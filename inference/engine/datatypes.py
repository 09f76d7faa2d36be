"""The Open Inference Protocol's datatypes and the bytes of its tensors, without numpy."""

import math
import struct
from collections.abc import Iterable, Mapping
from typing import Any, Final

from inference.engine.errors import InvalidInput
from inference.engine.types import Tensor

ITEM_BYTES: Final[Mapping[str, int]] = {
    "BOOL": 1,
    "UINT8": 1,
    "UINT16": 2,
    "UINT32": 4,
    "UINT64": 8,
    "INT8": 1,
    "INT16": 2,
    "INT32": 4,
    "INT64": 8,
    "FP16": 2,
    "FP32": 4,
    "FP64": 8,
    "BYTES": 8,
}
"""How many bytes an element of each datatype takes; of BYTES as much as a pointer to one."""

_MOST_BYTES: Final = (1 << 63) - 1
_ELEMENT_LENGTH: Final = struct.Struct("<I")


def check(tensor: Tensor) -> None:
    """Look at a tensor without reading it element by element: of BYTES at its length alone.

    Raises:
        InvalidInput: the data is not what datatype and shape say.
    """
    width = ITEM_BYTES.get(tensor.datatype)
    if width is None:
        raise InvalidInput(f"There is no datatype {tensor.datatype}.")
    count = math.prod(tensor.shape)
    # numpy counts the bytes as if a dimension of 0 were 1.
    counted = count or math.prod(max(1, size) for size in tensor.shape)
    if counted * width > _MOST_BYTES:
        raise InvalidInput(f"The shape {list(tensor.shape)} is too large.")
    if tensor.datatype == "BYTES":
        if count * _ELEMENT_LENGTH.size > len(tensor.data):
            raise InvalidInput(f"The data is too short for {count} elements of BYTES.")
        return
    if len(tensor.data) != count * width:
        raise InvalidInput(
            f"{tensor.datatype} of shape {list(tensor.shape)} takes {count * width} bytes,"
            f" not {len(tensor.data)}."
        )
    if tensor.datatype == "BOOL" and tensor.data.strip(b"\0\1"):
        raise InvalidInput("An element of BOOL is neither 0 nor 1.")


def split(data: bytes, count: int) -> list[bytes]:
    """The elements of a tensor of BYTES.

    Raises:
        InvalidInput: the data does not hold so many, or more.
    """
    elements: list[bytes] = []
    end = 0
    for _ in range(count):
        begin = end + _ELEMENT_LENGTH.size
        if begin > len(data):
            raise InvalidInput(f"The data is too short for {count} elements of BYTES.")
        end = begin + _ELEMENT_LENGTH.unpack_from(data, end)[0]
        if end > len(data):
            raise InvalidInput("An element of BYTES is longer than the data.")
        elements.append(data[begin:end])
    if end != len(data):
        raise InvalidInput(f"There is more data than {count} elements of BYTES.")
    return elements


def joined(elements: Iterable[Any]) -> bytes:
    """The data of a tensor of BYTES with these elements, `bytes` or `str`.

    Raises:
        TypeError: one of them is neither.
    """
    return b"".join(_packed(element) for element in elements)


def _packed(element: Any) -> bytes:
    if isinstance(element, str):
        element = element.encode()
    if not isinstance(element, bytes):
        raise TypeError(f"{type(element).__name__} is not BYTES")
    return _ELEMENT_LENGTH.pack(len(element)) + element
