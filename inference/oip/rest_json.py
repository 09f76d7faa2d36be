"""JSON as REST reads and writes it: strict, bounded, and the protocol's messages in it."""

import json
from collections.abc import Mapping
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor

from inference.oip.contents import shown
from inference.oip.errors import ProtocolError, Status, invalid
from inference.oip.messages import message
from strictjson.parse import NotUtf8, decoded, loads
from strictjson.values import SIGNED_64_BITS

MAX_JSON_BYTES: Final = 32 * 1024 * 1024
"""Of a request's JSON: parsed, it takes many times as much memory. Binary tensors are beside it."""
MAX_JSON_ARRAYS: Final = 1024 * 1024
"""Of a request's JSON: while the parser makes them no other thread runs, and each is 56 bytes."""

InferParameter: Final = message("InferParameter")

_UINT64: Final = range(2**64)


def parsed(body: bytes) -> dict[str, Any]:
    """The JSON object of a body; an empty body is an empty object.

    Raises:
        ProtocolError: INVALID_ARGUMENT: it is no JSON object in UTF-8, or too large.
    """
    if len(body) > MAX_JSON_BYTES:
        raise invalid(
            f"The JSON has {len(body)} bytes, and at most {MAX_JSON_BYTES} are read: "
            "send large tensors as binary data."
        )
    if body.count(b"[") > MAX_JSON_ARRAYS:
        raise invalid(
            f"The JSON has more than {MAX_JSON_ARRAYS} arrays: send large tensors as binary data."
        )
    try:
        text = decoded(body)
        value = loads(text) if text.strip("\ufeff \t\r\n") else {}
    except NotUtf8 as error:
        raise invalid(f"The request is {error}.") from None
    except ValueError as error:
        raise invalid(f"The request is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise invalid("The request is not a JSON object.")
    return value


def dumped(value: Any) -> bytes:
    """A value as JSON; it holds no number that JSON does not have."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode()


# What a request may hold at a place.


def text_of(value: Any, what: str) -> str:
    """A string that can be sent on; raises INVALID_ARGUMENT naming `what` it should be."""
    if not isinstance(value, str):
        raise invalid(f"{what} is not a string.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise invalid(f"{what} is not text: it has half of a surrogate pair.") from None
    return value


def object_of(value: Any, what: str) -> dict[str, Any]:
    """An object, or an empty one for null; raises INVALID_ARGUMENT naming `what` it should be."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise invalid(f"{what} is not an object.")
    return value


def objects_of(value: Any, what: str) -> list[dict[str, Any]]:
    """A list of objects; raises INVALID_ARGUMENT naming `what` it should be."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise invalid(f"{what} is not a list of objects.")
    return value


def flag_of(value: Any, what: str) -> bool:
    """True or false; raises INVALID_ARGUMENT naming `what` it should be."""
    if not isinstance(value, bool):
        raise invalid(f"{what} is not true or false.")
    return value


def put_parameters(target: Any, parameters: Mapping[str, Any]) -> None:
    """Puts parameters into a message's map of InferParameter.

    Raises:
        ProtocolError: INVALID_ARGUMENT: one is not a truth value, a number or a string.
    """
    for key, value in parameters.items():
        target[text_of(key, "A parameter's name")].CopyFrom(_parameter(key, value))


def _parameter(key: str, value: Any) -> Any:
    match value:
        case bool():
            return InferParameter(bool_param=value)
        case int() if value in SIGNED_64_BITS:
            return InferParameter(int64_param=value)
        case int() if value in _UINT64:
            return InferParameter(uint64_param=value)
        case float():
            return InferParameter(double_param=value)
        case str():
            return InferParameter(string_param=text_of(value, f"The parameter {shown(key)}"))
        case _:
            raise invalid(
                f"The parameter {shown(key)} is not true, false, a number of 64 bits or a string."
            )


# Messages as JSON.


def as_json(answer: Any) -> dict[str, Any]:
    """A message of the protocol with its own names of fields, all its numbers as numbers.

    Scalars and lists stand there also where they are empty; messages only where they are set.
    """
    return {
        field.name: _field(answer, field)
        for field in answer.DESCRIPTOR.fields
        if not _is_absent(answer, field)
    }


def without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """Those values that are not empty strings, lists or objects."""
    return {key: value for key, value in values.items() if value not in ("", [], {})}


def _is_absent(answer: Any, field: FieldDescriptor) -> bool:
    return bool(field.has_presence and not answer.HasField(field.name))


def _field(answer: Any, field: FieldDescriptor) -> Any:
    value = getattr(answer, field.name)
    if not field.is_repeated:
        return _single(value, field)
    kind = field.message_type
    if kind is not None and kind.GetOptions().map_entry:
        inner = kind.fields_by_name["value"]
        return {str(key): _single(value[key], inner) for key in sorted(value)}
    return [_single(one, field) for one in value]


def _single(value: Any, field: FieldDescriptor) -> Any:
    if field.enum_type is not None:
        return field.enum_type.values_by_number[value].name
    if field.message_type is None:
        return value
    if value.DESCRIPTOR.name == "InferParameter":
        return parameter_of(value)
    return as_json(value)


def parameter_of(parameter: Any) -> Any:
    """The value of an InferParameter.

    Raises:
        ProtocolError: INTERNAL: a worker sent one that is empty.
    """
    choice = parameter.WhichOneof("parameter_choice")
    if choice is None:
        raise ProtocolError(Status.INTERNAL, "The worker sent a parameter without a value.")
    return getattr(parameter, choice)
