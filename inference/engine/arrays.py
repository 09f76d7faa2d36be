"""The Open Inference Protocol's tensors as numpy's arrays, and back."""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from inference.engine.datatypes import check, joined, split
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
        elements = np.empty(math.prod(tensor.shape), object)
        elements[:] = split(tensor.data, len(elements))
        return elements.reshape(tensor.shape)
    return np.frombuffer(tensor.data, NUMPY_TYPES[tensor.datatype]).reshape(tensor.shape)


def to_tensor(array: Array, datatype: str) -> Tensor:
    """The array as a tensor; of BYTES, elements may be `bytes` or `str`.

    Raises:
        TypeError: the array's elements are not of this datatype.
    """
    if datatype == "BYTES":
        data = joined(array.reshape(-1))
    elif datatype_of(array) == datatype:
        data = array.astype(NUMPY_TYPES[datatype], copy=False).tobytes()
    else:
        raise TypeError(f"{array.dtype} is not {datatype}")
    return Tensor(datatype, array.shape, data)
