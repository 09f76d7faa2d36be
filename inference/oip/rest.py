"""Infer requests and answers by REST: JSON, with tensors in it or as bytes behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from inference.engine.types import Tensor
from inference.oip.contents import shown, too_large
from inference.oip.errors import ProtocolError, Status, invalid
from inference.oip.limits import MAX_JSON_TENSOR_BYTES, MAX_REQUEST_BYTES
from inference.oip.messages import ModelInferRequest
from inference.oip.rest_json import (
    dumped,
    flag_of,
    object_of,
    objects_of,
    parameter_of,
    parsed,
    put_parameters,
    text_of,
)

_BINARY_SIZE: Final = "binary_data_size"
_MAX_DIMENSIONS: Final = 16
_MAX_SIZE: Final = 2**63 - 1


@dataclass(frozen=True)
class OutputForm:
    """Which outputs of an answer are binary data; the others are JSON."""

    binary: bool
    """Those that the request says nothing of."""
    by_name: Mapping[str, bool] = field(default_factory=dict)

    def is_binary(self, name: str) -> bool:
        """Whether this output is."""
        return self.by_name.get(name, self.binary)


@dataclass(frozen=True)
class InferCall:
    """What a client asks for."""

    request: Any
    """The ModelInferRequest; all tensors are in `raw_input_contents`."""
    form: OutputForm


@dataclass(frozen=True)
class InferBody:
    """The body of an answer."""

    content: bytes
    json_bytes: int | None
    """How long the JSON is that it begins with; None: it is all JSON."""


# Requests.


def read_infer(body: bytes, json_bytes: int | None, model: str, version: str) -> InferCall:
    """The request in a body; `json_bytes` is what Inference-Header-Content-Length says of it.

    Raises:
        ProtocolError: INVALID_ARGUMENT: it names what is wrong.
    """
    if json_bytes is not None and json_bytes > len(body):
        raise invalid(
            f"Inference-Header-Content-Length is {json_bytes}, and the body has {len(body)} bytes."
        )
    values = parsed(body if json_bytes is None else body[:json_bytes])
    request = ModelInferRequest(model_name=model, model_version=version)
    if values.get("id") is not None:
        request.id = text_of(values["id"], "id")
    parameters = dict(object_of(values.get("parameters"), "parameters"))
    binary = flag_of(parameters.pop("binary_data_output", False), "binary_data_output")
    put_parameters(request.parameters, parameters)
    _put_inputs(request, values, None if json_bytes is None else memoryview(body)[json_bytes:])
    by_name = _put_outputs(request, values)
    return InferCall(request, OutputForm(binary, by_name))


def _put_inputs(request: Any, values: Mapping[str, Any], rest: memoryview | None) -> None:
    if "inputs" not in values:
        raise invalid("The request has no inputs.")
    taken, left = 0, MAX_REQUEST_BYTES
    for one in objects_of(values["inputs"], "inputs"):
        name = text_of(one.get("name"), "An input's name")
        what = f"Input {shown(name)}"
        datatype = text_of(one.get("datatype"), f"{what}: datatype")
        shape = _shape(what, one.get("shape"))
        parameters = dict(object_of(one.get("parameters"), f"{what}: parameters"))
        size = parameters.pop(_BINARY_SIZE, None)
        if size is not None:
            data = _behind(what, one, size, None if rest is None else rest[taken:])
            taken += len(data)
        elif "data" in one:
            data = _in_json().packed(name, datatype, shape, one["data"], left)
        elif "shared_memory_region" in parameters:
            data = b""
        else:
            raise invalid(f"{what} has neither data nor {_BINARY_SIZE}.")
        left -= len(data)
        if left < 0:
            raise too_large()
        target = request.inputs.add(name=name, datatype=datatype, shape=shape)
        put_parameters(target.parameters, parameters)
        request.raw_input_contents.append(data)
    if rest is not None and taken != len(rest):
        raise invalid(
            f"Behind the JSON there are {len(rest)} bytes, and the inputs take {taken} of them."
        )


def _shape(what: str, value: Any) -> list[int]:
    if not isinstance(value, list) or not all(type(size) is int for size in value):
        raise invalid(f"{what}: shape is not a list of integers.")
    if any(not 0 <= size <= _MAX_SIZE for size in value):
        raise invalid(f"{what}: a dimension of its shape is negative or too large.")
    if len(value) > _MAX_DIMENSIONS:
        raise invalid(f"{what} has more than {_MAX_DIMENSIONS} dimensions.")
    return value


def _behind(what: str, one: Mapping[str, Any], size: Any, rest: memoryview | None) -> bytes:
    """The next `size` bytes of what stands behind the JSON."""
    if "data" in one:
        raise invalid(f"{what} has data and {_BINARY_SIZE}: one of the two is allowed.")
    if type(size) is not int or size < 0:
        raise invalid(f"{what}: {_BINARY_SIZE} is not a number of bytes.")
    if rest is None:
        raise invalid(
            f"{what} has {_BINARY_SIZE}, and the header Inference-Header-Content-Length is missing."
        )
    if size > len(rest):
        raise invalid(f"{what} has {size} bytes of binary data, and {len(rest)} are left.")
    return bytes(rest[:size])


def _put_outputs(request: Any, values: Mapping[str, Any]) -> dict[str, bool]:
    by_name: dict[str, bool] = {}
    for one in objects_of(values.get("outputs") or [], "outputs"):
        name = text_of(one.get("name"), "An output's name")
        what = f"Output {shown(name)}"
        parameters = dict(object_of(one.get("parameters"), f"{what}: parameters"))
        if "binary_data" in parameters:
            by_name[name] = flag_of(parameters.pop("binary_data"), f"{what}: binary_data")
        put_parameters(request.outputs.add(name=name).parameters, parameters)
    return by_name


# Answers.


def write_infer(response: Any, form: OutputForm) -> InferBody:
    """The body for a ModelInferResponse.

    Raises:
        ProtocolError: INVALID_ARGUMENT: an output cannot be written as JSON; it says why.
            INTERNAL: the response is broken.
    """
    raw = response.raw_output_contents
    if len(raw) != len(response.outputs):
        raise ProtocolError(Status.INTERNAL, "The worker sent outputs without their data.")
    _check_json_size(response, form)
    outputs, behind = [], []
    for one, data in zip(response.outputs, raw, strict=True):
        head = {"name": one.name, "datatype": one.datatype, "shape": list(one.shape)}
        parameters = {key: parameter_of(one.parameters[key]) for key in sorted(one.parameters)}
        if form.is_binary(one.name):
            parameters[_BINARY_SIZE] = len(data)
            behind.append(data)
            outputs.append(dumped({**head, "parameters": parameters}))
        else:
            if parameters:
                head["parameters"] = parameters
            tensor = Tensor(one.datatype, tuple(one.shape), data)
            outputs.append(_with_data(head, _in_json().written(one.name, tensor)))
    content = _head(response, outputs)
    return InferBody(b"".join([content, *behind]), len(content) if behind else None)


def _in_json() -> Any:
    """How tensors are in JSON: it brings numpy, 11 MB, which no other tensors need here."""
    from inference.oip import rest_tensors  # noqa: PLC0415

    return rest_tensors


def _check_json_size(response: Any, form: OutputForm) -> None:
    size = sum(
        len(data)
        for one, data in zip(response.outputs, response.raw_output_contents, strict=True)
        if not form.is_binary(one.name)
    )
    if size > MAX_JSON_TENSOR_BYTES:
        raise invalid(
            f"The outputs have {size} bytes, and at most {MAX_JSON_TENSOR_BYTES} are written as "
            "JSON: ask for binary_data."
        )


def _with_data(head: Mapping[str, Any], data: bytes) -> bytes:
    return dumped(head)[:-1] + b',"data":' + data + b"}"


def _head(response: Any, outputs: list[bytes]) -> bytes:
    head: dict[str, Any] = {
        "model_name": response.model_name,
        "model_version": response.model_version,
    }
    if response.id:
        head["id"] = response.id
    if response.parameters:
        keys = sorted(response.parameters)
        head["parameters"] = {key: parameter_of(response.parameters[key]) for key in keys}
    return dumped(head)[:-1] + b',"outputs":[' + b",".join(outputs) + b"]}"
