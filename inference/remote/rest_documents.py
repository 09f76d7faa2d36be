"""The bodies that go to a server by REST, and what comes back, which is input."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from inference.engine.datatypes import ITEM_BYTES, check
from inference.engine.errors import InvalidInput
from inference.engine.limits import TENSOR_NAME_LENGTH
from inference.engine.messages import NamedTensor
from inference.engine.signature import FoundTensor
from inference.engine.types import Tensor
from inference.oip.errors import ProtocolError
from inference.oip.limits import MAX_RESPONSE_BYTES
from inference.oip.rest_json import dumped, object_of, objects_of, parsed, text_of
from inference.oip.rest_tensors import packed, written
from inference.remote.trouble import Refused
from strictjson.parse import decoded, loads
from strictjson.values import plain_text

JSON_LENGTH: Final = "Inference-Header-Content-Length"
_BINARY_SIZE: Final = "binary_data_size"
_SAID_CHARACTERS: Final = 200
_MAX_DIMENSIONS: Final = 16
_MAX_SIZE: Final = 2**40


def error_of(content: bytes) -> str:
    """What a refusal says, shortened; empty: nothing that can be read."""
    try:
        said = loads(decoded(content))["error"]
    except (ValueError, KeyError, TypeError):
        return ""
    return " ".join(plain_text(str(said), _SAID_CHARACTERS).split())


def says_ready(content: bytes) -> bool:
    """Whether the body of a good answer is of a server of the protocol, and does not say otherwise:
    Triton's is empty. A proxy's page is the answer of no server."""
    if not content.strip():
        return True
    try:
        return _object(content).get("ready") is not False
    except Refused:
        return False


def extensions_of(content: bytes) -> frozenset[str]:
    """What the server can beyond the protocol's core."""
    told = _object(content).get("extensions")
    return (
        frozenset(one for one in told if isinstance(one, str))
        if isinstance(told, list)
        else frozenset()
    )


def max_batch_size_of(content: bytes) -> int | None:
    """From the model's configuration; None: it does not say."""
    told = _object(content).get("max_batch_size", 0)
    return told if isinstance(told, int) and not isinstance(told, bool) else None


def model_of(content: bytes) -> tuple[tuple[FoundTensor, ...], tuple[FoundTensor, ...]]:
    """The inputs and outputs that the model's metadata names."""
    values = _object(content)
    try:
        return _tensors(values, "inputs"), _tensors(values, "outputs")
    except ProtocolError as error:
        raise _not_understood(error) from None


def infer_body(
    inputs: Sequence[NamedTensor], outputs: Sequence[str], *, is_binary: bool
) -> tuple[bytes, dict[str, str]]:
    """The body of a request and its headers."""
    heads, behind = [], []
    for tensor in inputs:
        head: dict[str, Any] = {key: tensor[key] for key in ("name", "datatype", "shape")}
        if is_binary:
            head["parameters"] = {_BINARY_SIZE: len(tensor["data"])}
            behind.append(tensor["data"])
            heads.append(dumped(head))
        else:
            heads.append(dumped(head)[:-1] + b',"data":' + _json(tensor) + b"}")
    asked = [{"name": name, "parameters": {"binary_data": is_binary}} for name in outputs]
    if not is_binary:
        asked = [{"name": name} for name in outputs]
    content = b'{"inputs":[' + b",".join(heads) + b'],"outputs":' + dumped(asked) + b"}"
    if not is_binary:
        return content, {"Content-Type": "application/json"}
    headers = {"Content-Type": "application/octet-stream", JSON_LENGTH: str(len(content))}
    return b"".join([content, *behind]), headers


def outputs_of(content: bytes, json_length: str | None) -> list[NamedTensor]:
    """The outputs in the answer to a request; the data of each fits its datatype and shape."""
    head, rest = content, memoryview(b"")
    if json_length is not None:
        if not (json_length.isascii() and json_length.isdecimal() and len(json_length) < 20):
            raise Refused(f"its {JSON_LENGTH} is no number.")
        head, rest = content[: int(json_length)], memoryview(content)[int(json_length) :]
    values = _object(head)
    try:
        told = objects_of(values.get("outputs"), "outputs")
        outputs = []
        for one in told:
            output, taken = _output(one, rest)
            outputs.append(output)
            rest = rest[taken:]
    except (ProtocolError, InvalidInput) as error:
        raise _not_understood(error) from None
    return outputs


def _output(one: Mapping[str, Any], rest: memoryview) -> tuple[NamedTensor, int]:
    """An output, and how many of the bytes behind the JSON are its own."""
    name = text_of(one.get("name"), "An output's name")
    datatype = text_of(one.get("datatype"), f"The datatype of {name}")
    shape = _shape(one.get("shape"), 0)
    size = object_of(one.get("parameters"), "parameters").get(_BINARY_SIZE)
    if size is None:
        data, taken = packed(name, datatype, shape, one.get("data"), MAX_RESPONSE_BYTES), 0
    elif isinstance(size, int) and 0 <= size <= len(rest):
        data, taken = bytes(rest[:size]), size
    else:
        raise Refused(f"the output {name[:TENSOR_NAME_LENGTH]} has not the bytes that it names.")
    check(Tensor(datatype, tuple(shape), data))
    return {"name": name, "datatype": datatype, "shape": shape, "data": data}, taken


def _tensors(values: Mapping[str, Any], key: str) -> tuple[FoundTensor, ...]:
    return tuple(
        FoundTensor(
            plain_text(text_of(one.get("name"), f"A name in {key}"), TENSOR_NAME_LENGTH),
            _datatype(one.get("datatype")),
            tuple(_shape(one.get("shape"), -1)),
        )
        for one in objects_of(values.get(key), key)
    )


def _datatype(told: Any) -> str | None:
    return told if isinstance(told, str) and told in ITEM_BYTES else None


def _shape(told: Any, least: int) -> list[int]:
    if not isinstance(told, list) or len(told) > _MAX_DIMENSIONS:
        raise Refused("a shape in it is no list of sizes.")
    for size in told:
        if not isinstance(size, int) or isinstance(size, bool) or not least <= size <= _MAX_SIZE:
            raise Refused("a shape in it has a size that is none.")
    return told


def _json(tensor: NamedTensor) -> bytes:
    try:
        return written(
            tensor["name"], Tensor(tensor["datatype"], tuple(tensor["shape"]), tensor["data"])
        )
    except ProtocolError as error:
        raise Refused(f"it takes JSON alone: {error.message}") from None


def _object(content: bytes) -> dict[str, Any]:
    try:
        return parsed(content)
    except ProtocolError as error:
        raise _not_understood(error) from None


def _not_understood(error: ProtocolError | InvalidInput) -> Refused:
    return Refused(f"its answer is not understood: {error.message}")
