"""The Open Inference Protocol's tensors as numpy's arrays, and back."""

import math
import struct
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from inference.engine.errors import InvalidInput
from inference.engine.model import Array
from inference.engine.types import Tensor

NUMPY_TYPES: Final[Mapping[str, np.dtype[Any]]] = {
    "BOOL": np.dtype("?"),
    "UINT8": np.dtype("u1"),
    "UINT16": np.dtype("<u2"),
    "UINT32": np.dtype("<u4"),
    "UINT64": np.dtype("<u8"),
    "INT8": np.dtype("i1"),
    "INT16": np.dtype("<i2"),
    "INT32": np.dtype("<i4"),
    "INT64": np.dtype("<i8"),
    "FP16": np.dtype("<f2"),
    "FP32": np.dtype("<f4"),
    "FP64": np.dtype("<f8"),
    "BYTES": np.dtype(object),
}
"""What each datatype is in numpy; an element of BYTES is an object of Python's `bytes`."""

_MOST_BYTES: Final = (1 << 63) - 1
_ELEMENT_LENGTH: Final = struct.Struct("<I")


def datatype_of(array: Array) -> str | None:
    """The datatype of an array, None where the protocol has none for it."""
    dtype = array.dtype.newbyteorder("<")
    return next((name for name, known in NUMPY_TYPES.items() if known == dtype), None)


def to_numpy(tensor: Tensor) -> Array:
    """The tensor as an array of its shape. It shares the tensor's memory and is read-only, except
    for BYTES.

    Raises:
        InvalidInput: the data is not what datatype and shape say.
    """
    check(tensor)
    if tensor.datatype == "BYTES":
        return _split(tensor.data, math.prod(tensor.shape)).reshape(tensor.shape)
    return np.frombuffer(tensor.data, NUMPY_TYPES[tensor.datatype]).reshape(tensor.shape)


def check(tensor: Tensor) -> None:
    """Look at a tensor without reading it element by element: of BYTES at its length alone.

    Raises:
        InvalidInput: the data is not what datatype and shape say.
    """
    dtype = NUMPY_TYPES.get(tensor.datatype)
    if dtype is None:
        raise InvalidInput(f"There is no datatype {tensor.datatype}.")
    count = math.prod(tensor.shape)
    # numpy counts the bytes as if a dimension of 0 were 1.
    counted = count or math.prod(max(1, size) for size in tensor.shape)
    if counted * dtype.itemsize > _MOST_BYTES:
        raise InvalidInput(f"The shape {list(tensor.shape)} is too large.")
    if tensor.datatype == "BYTES":
        if count * _ELEMENT_LENGTH.size > len(tensor.data):
            raise InvalidInput(f"The data is too short for {count} elements of BYTES.")
        return
    if len(tensor.data) != count * dtype.itemsize:
        raise InvalidInput(
            f"{tensor.datatype} of shape {list(tensor.shape)} takes {count * dtype.itemsize} bytes,"
            f" not {len(tensor.data)}."
        )
    if tensor.datatype == "BOOL" and tensor.data.strip(b"\0\1"):
        raise InvalidInput("An element of BOOL is neither 0 nor 1.")


def to_tensor(array: Array, datatype: str) -> Tensor:
    """The array as a tensor; of BYTES, elements may be `bytes` or `str`.

    Raises:
        TypeError: the array's elements are not of this datatype.
    """
    if datatype == "BYTES":
        data = b"".join(_packed(element) for element in array.reshape(-1))
    elif datatype_of(array) == datatype:
        data = array.astype(NUMPY_TYPES[datatype], copy=False).tobytes()
    else:
        raise TypeError(f"{array.dtype} is not {datatype}")
    return Tensor(datatype, array.shape, data)


def _packed(element: Any) -> bytes:
    if isinstance(element, str):
        element = element.encode()
    if not isinstance(element, bytes):
        raise TypeError(f"{type(element).__name__} is not BYTES")
    return _ELEMENT_LENGTH.pack(len(element)) + element


def _split(data: bytes, count: int) -> Array:
    elements = np.empty(count, object)
    end = 0
    for place in range(count):
        begin = end + _ELEMENT_LENGTH.size
        if begin > len(data):
            raise InvalidInput(f"The data is too short for {count} elements of BYTES.")
        end = begin + _ELEMENT_LENGTH.unpack_from(data, end)[0]
        if end > len(data):
            raise InvalidInput("An element of BYTES is longer than the data.")
        elements[place] = data[begin:end]
    if end != len(data):
        raise InvalidInput(f"There is more data than {count} elements of BYTES.")
    return elements
