"""The elements of a tensor as JSON has them, and as bytes."""

import json
import math
import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final

import numpy as np

from inference.engine.arrays import NUMPY_TYPES, to_numpy
from inference.engine.errors import InvalidInput
from inference.engine.types import Tensor
from inference.oip.contents import shown, too_large
from inference.oip.errors import ProtocolError, Status, invalid
from inference.oip.limits import MAX_STRINGS

BINARY_ONLY: Final = frozenset({"FP16", "BF16"})
"""JSON has no numbers of this size: they travel as binary data."""

_LENGTH: Final = struct.Struct("<I")
_CHUNK_ELEMENTS: Final = 65_536
_ELEMENT_TYPES: Final[dict[str, frozenset[type]]] = {
    "b": frozenset({bool}),
    "i": frozenset({int}),
    "u": frozenset({int}),
    "f": frozenset({int, float}),
}
"""By numpy's kind; a truth value is no number."""
_ELEMENT_NAMES: Final = {
    "b": "true or false",
    "i": "an integer",
    "u": "an integer",
    "f": "a number",
}


def packed(name: str, datatype: str, shape: Sequence[int], data: Any, left: int) -> bytes:
    """The bytes of an input that came as JSON, nested like its shape or flat; at most `left`.

    Raises:
        ProtocolError: INVALID_ARGUMENT: the data is not what datatype and shape say, or too large.
    """
    what = f"Input {shown(name)}"
    if datatype in BINARY_ONLY:
        raise invalid(f"{what}: {datatype} travels as binary data only.")
    if datatype not in NUMPY_TYPES:
        raise invalid(f"{what} has an unknown datatype: {shown(datatype)}.")
    elements = _flat(what, shape, data)
    if len(elements) != math.prod(shape):
        raise invalid(
            f"{what} has {len(elements)} elements, where its shape {list(shape)} has "
            f"{math.prod(shape)}."
        )
    if datatype == "BYTES":
        content = b"".join(_LENGTH.pack(len(one)) + one for one in _strings(what, elements))
        if len(content) > left:
            raise too_large()
        return content
    if len(elements) * NUMPY_TYPES[datatype].itemsize > left:
        raise too_large()
    return _numbers(what, datatype, elements)


def _flat(what: str, shape: Sequence[int], data: Any) -> list[Any]:
    """The elements row by row; a list that is nested at all is nested like the shape."""
    if not isinstance(data, list):
        raise invalid(f"{what}: data is not a list.")
    elements, depth = data, 0
    while elements and isinstance(elements[0], list):
        depth += 1
        fits = depth < len(shape) and (depth > 1 or len(elements) == shape[0])
        if not fits or not _are_rows(elements, shape[depth]):
            raise invalid(f"{what}: data is not nested like its shape {list(shape)}.")
        elements = list(chain.from_iterable(elements))
    return elements


def _are_rows(rows: list[Any], length: int) -> bool:
    return all(isinstance(row, list) and len(row) == length for row in rows)


def _strings(what: str, elements: list[Any]) -> Iterator[bytes]:
    if len(elements) > MAX_STRINGS:
        raise invalid(f"{what} has more than {MAX_STRINGS} elements of BYTES.")
    for element in elements:
        if not isinstance(element, str):
            raise invalid(f"{what} is BYTES, and an element is not a string.")
        try:
            yield element.encode()
        except UnicodeEncodeError:
            raise invalid(f"{what} has a string with half of a surrogate pair.") from None


def _numbers(what: str, datatype: str, elements: list[Any]) -> bytes:
    dtype = np.dtype(NUMPY_TYPES[datatype])
    if not set(map(type, elements)) <= _ELEMENT_TYPES[dtype.kind]:
        raise invalid(f"{what} is {datatype}, and an element is not {_ELEMENT_NAMES[dtype.kind]}.")
    try:
        with np.errstate(over="ignore"):
            array = np.array(elements, dtype)
    except OverflowError:
        raise invalid(f"{what} has a number that is no {datatype}.") from None
    if dtype.kind == "f" and not np.isfinite(array).all():
        raise invalid(f"{what} has a number that is too large for {datatype}.")
    return array.tobytes()


def written(name: str, tensor: Tensor) -> bytes:
    """The elements of an output as a flat list in JSON.

    Raises:
        ProtocolError: INVALID_ARGUMENT: JSON cannot say it; binary data can. INTERNAL: it is not
            what its datatype and shape say.
    """
    if tensor.datatype in BINARY_ONLY:
        raise _ask_for_binary(name, f"{tensor.datatype} travels as binary data only")
    try:
        array = to_numpy(tensor).reshape(-1)
    except InvalidInput:
        raise ProtocolError(Status.INTERNAL, "The worker sent a tensor that is broken.") from None
    if tensor.datatype == "BYTES":
        return json.dumps(_texts(name, array), ensure_ascii=False).encode()
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise _ask_for_binary(name, "it has NaN or infinity, which JSON does not have")
    # Piece by piece: what is written in C lets no other thread run meanwhile.
    pieces = (
        json.dumps(array[start : start + _CHUNK_ELEMENTS].tolist(), separators=(",", ":"))[1:-1]
        for start in range(0, len(array), _CHUNK_ELEMENTS)
    )
    return f"[{','.join(pieces)}]".encode()


def _texts(name: str, strings: Iterable[bytes]) -> list[str]:
    try:
        return [element.decode() for element in strings]
    except UnicodeDecodeError:
        raise _ask_for_binary(name, "it is not text in UTF-8") from None


def _ask_for_binary(name: str, why: str) -> ProtocolError:
    return invalid(f"Output {shown(name)} cannot be JSON: {why}. Ask for binary_data.")
