"""The tensors of a request, whichever way it carries them: raw, or as typed contents."""

import base64
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from inference.engine.datatypes import ITEM_BYTES, check, joined, split
from inference.engine.errors import InvalidInput
from inference.engine.types import Tensor
from inference.oip.errors import ProtocolError, Status, invalid
from inference.oip.limits import MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES, MAX_STRINGS

_FIELDS: Final[Mapping[str, str]] = {
    "BOOL": "bool_contents",
    "UINT8": "uint_contents",
    "UINT16": "uint_contents",
    "UINT32": "uint_contents",
    "UINT64": "uint64_contents",
    "INT8": "int_contents",
    "INT16": "int_contents",
    "INT32": "int_contents",
    "INT64": "int64_contents",
    "FP32": "fp32_contents",
    "FP64": "fp64_contents",
    "BYTES": "bytes_contents",
}
_MAX_DIMENSIONS: Final = 16
_CONTENT_TYPE: Final = "content_type"
_SHOWN_CHARACTERS: Final = 100


def shown(name: str) -> str:
    """A name that came from a client, in quotes and of bounded length."""
    return f"'{name[:_SHOWN_CHARACTERS]}'"


def tensors_of(request: Any) -> dict[str, Tensor]:
    """The inputs of a ModelInferRequest by name, in its order; their data fits their shapes.

    Raises:
        ProtocolError: INVALID_ARGUMENT: an input stands there twice, its datatype is unknown, its
            data does not fit its shape or its `content_type` of base64. UNIMPLEMENTED: it lies in
            shared memory.
    """
    raw = request.raw_input_contents
    if raw:
        _check_raw(request)
    tensors: dict[str, Tensor] = {}
    left = MAX_REQUEST_BYTES
    for place, one in enumerate(request.inputs):
        if one.name in tensors:
            raise invalid(f"Input {shown(one.name)} stands there twice.")
        what = f"Input {shown(one.name)}"
        tensors[one.name] = _tensor(what, one, raw[place] if raw else None, left)
        left -= len(tensors[one.name].data)
    return tensors


def outputs_of(response: Any) -> dict[str, Tensor]:
    """The outputs of a ModelInferResponse that a server sent, by name; their data fits their
    shapes.

    Raises:
        ProtocolError: INVALID_ARGUMENT: it is no such response.
    """
    raw = response.raw_output_contents
    if raw and len(raw) != len(response.outputs):
        raise invalid(
            f"There are {len(raw)} raw_output_contents for {len(response.outputs)} outputs."
        )
    tensors: dict[str, Tensor] = {}
    left = MAX_RESPONSE_BYTES
    for place, one in enumerate(response.outputs):
        what = f"Output {shown(one.name)}"
        tensors[one.name] = _tensor(what, one, raw[place] if raw else None, left)
        left -= len(tensors[one.name].data)
    return tensors


def too_large() -> ProtocolError:
    """The tensors of a request are, all together."""
    return invalid(f"The inputs are too large: at most {MAX_REQUEST_BYTES} bytes are read.")


def strings_of(tensor: Tensor) -> list[bytes]:
    """The elements of a tensor of BYTES, which has been checked."""
    return split(tensor.data, math.prod(tensor.shape))


def strings(elements: Sequence[bytes], shape: tuple[int, ...]) -> Tensor:
    """Elements as a tensor of BYTES."""
    return Tensor("BYTES", shape, joined(elements))


def _check_raw(request: Any) -> None:
    if any(one.contents.ListFields() for one in request.inputs):
        raise invalid("The request has raw_input_contents and contents: one of the two is allowed.")
    if len(request.raw_input_contents) != len(request.inputs):
        raise invalid(
            f"The request has {len(request.raw_input_contents)} raw_input_contents "
            f"for {len(request.inputs)} inputs."
        )


def _tensor(what: str, one: Any, raw: bytes | None, left: int) -> Tensor:
    """One tensor, of at most `left` bytes."""
    if "shared_memory_region" in one.parameters:
        raise ProtocolError(Status.UNIMPLEMENTED, f"{what}: shared memory is not served.")
    if one.datatype not in ITEM_BYTES:
        raise invalid(f"{what} has an unknown datatype: {shown(one.datatype)}.")
    count = _count(what, one)
    data = _packed(what, one, count, left) if raw is None else raw
    if len(data) > left:
        raise too_large()
    tensor = Tensor(one.datatype, tuple(one.shape), data)
    try:
        check(tensor)
        elements = strings_of(tensor) if one.datatype == "BYTES" else []
    except InvalidInput as error:
        raise invalid(f"{what}: {error.message}") from None
    if one.datatype == "BYTES" and _is_base64(what, one):
        return strings(_decoded(what, elements), tensor.shape)
    return tensor


def _is_base64(what: str, one: Any) -> bool:
    """Whether an input's elements came as base64, for want of bytes in JSON."""
    # Looked up first: reading an absent key of a protobuf map would add it.
    if _CONTENT_TYPE not in one.parameters:
        return False
    told = one.parameters[_CONTENT_TYPE]
    if told.WhichOneof("parameter_choice") != "string_param":
        raise invalid(f"{what}: the parameter {_CONTENT_TYPE} is a string.")
    return bool(told.string_param.lower() == "base64")


def _decoded(what: str, elements: Iterable[bytes]) -> list[bytes]:
    decoded = []
    for place, element in enumerate(elements):
        try:
            decoded.append(base64.b64decode(b"".join(element.split()), validate=True))
        except ValueError:
            raise invalid(
                f"{what}: element {place} is not base64, as its {_CONTENT_TYPE} says."
            ) from None
    return decoded


def _count(what: str, one: Any) -> int:
    """How many elements the shape has, which is checked."""
    shape = tuple(one.shape)
    if len(shape) > _MAX_DIMENSIONS:
        raise invalid(f"{what} has more than {_MAX_DIMENSIONS} dimensions.")
    if min(shape, default=0) < 0:
        raise invalid(f"{what} has a negative dimension: {list(shape)}.")
    count: int = math.prod(shape)
    # Also where a dimension of 0 leaves no elements: arrays count the others all the same.
    if (count or math.prod(size or 1 for size in shape)) > MAX_REQUEST_BYTES:
        raise invalid(f"{what} has a shape of more than {MAX_REQUEST_BYTES} elements.")
    if one.datatype == "BYTES" and count > MAX_STRINGS:
        raise invalid(f"{what} has more than {MAX_STRINGS} elements of BYTES.")
    return count


def _packed(what: str, one: Any, count: int, left: int) -> bytes:
    """The data of typed contents; more than `left` bytes are refused before they take memory."""
    field = _FIELDS.get(one.datatype)
    if field is None:
        raise invalid(f"{what}: {one.datatype} travels as raw_input_contents only.")
    if any(filled.name != field for filled, _ in one.contents.ListFields()):
        raise invalid(f"{what} is {one.datatype}, which goes into {field} alone.")
    values = getattr(one.contents, field)
    if len(values) != count:
        raise invalid(
            f"{what} has {len(values)} elements, where its shape {list(one.shape)} has {count}."
        )
    if one.datatype == "BYTES":
        return strings(values, (count,)).data
    if count * ITEM_BYTES[one.datatype] > left:
        raise too_large()
    # Most requests carry raw contents, and most workers never need numpy: 11 MB.
    import numpy as np  # noqa: PLC0415

    from inference.engine.arrays import NUMPY_TYPES  # noqa: PLC0415

    try:
        # One by one as Python's own numbers: what is out of range is refused then, not wrapped.
        return np.fromiter(values, NUMPY_TYPES[one.datatype], count).tobytes()
    except OverflowError:
        raise invalid(f"{what} has a number that is no {one.datatype}.") from None
