"""Images in, results out: what people's uploads get, for clients of the protocol.

Inputs:
    image: BYTES (n), encoded files, at most `MAX_IMAGES`; base64 where the input's parameter
        `content_type` says so.
    params: BYTES (n), a JSON object for each image; may be left out.
Outputs:
    result: BYTES (n), JSON, told apart by its `kind`: text, image, labels or raw.
    image: BYTES (n), where the model's output is an image: a file of the `content_type` that its
        result tells, PNG or WebP.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from inference.engine.config import ModelConfig
from inference.engine.model_version import ModelVersion
from inference.engine.types import ImageJob, Succeeded, Tensor
from inference.oip.adapter import Answer, NewId, Output
from inference.oip.contents import shown, strings, strings_of
from inference.oip.errors import ProtocolError, Status, invalid
from inference.oip.limits import MAX_IMAGES, MAX_PARAMS_BYTES, MAX_PARAMS_LEVELS
from inference.oip.request import queue_timeout, wanted_outputs
from strictjson.parse import loads
from strictjson.values import SIGNED_64_BITS, flaw

IMAGE: Final = "image"
PARAMS: Final = "params"
RESULT: Final = "result"

_BASE64_BEGINNINGS: Final = (b"/9j/", b"iVBORw0KGgo", b"UklGR", b"data:image/")
"""Of JPEG, PNG and WebP, and of any image in a URL."""
_BEGINNING: Final = 64


def is_meant(config: ModelConfig, tensors: Mapping[str, Tensor]) -> bool:
    """Whether this request is one of images; a model with both adapters takes either.

    A declared input may be called `image` too. It holds pixels then and is never of BYTES, which
    tells the two apart.

    Raises:
        ProtocolError: INVALID_ARGUMENT: the request is of both.
    """
    if not config.takes_tensors:
        return True
    image = tensors.get(IMAGE)
    if not config.takes_images or image is None or image.datatype != "BYTES":
        return False
    others = [name for name in tensors if name not in {IMAGE, PARAMS}]
    if others:
        declared = ", ".join(declared.name for declared in config.inputs)
        raise invalid(
            f"The model takes either images ({IMAGE}, {PARAMS}) or tensors ({declared}): "
            f"with {IMAGE} there is no {shown(others[0])}."
        )
    return True


def output_names(config: ModelConfig) -> tuple[str, ...]:
    """What the adapter gives for a model that takes images."""
    return (RESULT, IMAGE) if config.output_kind == "image" else (RESULT,)


class ImageAdapter:
    """One request of n images; it becomes n jobs."""

    def __init__(self, version: ModelVersion, request: Any, tensors: Mapping[str, Tensor]) -> None:
        """Checks the request.

        Raises:
            ProtocolError: INVALID_ARGUMENT: it names what does not fit, and what would.
        """
        _check_names(tensors)
        self._images = strings_of(tensors[IMAGE])
        if not 1 <= len(self._images) <= MAX_IMAGES:
            raise invalid(f"Input '{IMAGE}' has {len(self._images)} images, not 1 to {MAX_IMAGES}.")
        _check_encoded(self._images)
        self._params = _params(tensors.get(PARAMS), len(self._images))
        self._version = version
        self._wanted = wanted_outputs(request, output_names(version.config))
        if any(wanted.classes is not None for wanted in self._wanted):
            raise invalid("classification: only what has numbers has classes.")
        self._timeout = queue_timeout(request)

    @property
    def items(self) -> int:
        """One for each image."""
        return len(self._images)

    def jobs(self, new_id: NewId, protocol: str) -> Sequence[ImageJob]:
        """One for each image."""
        return [
            ImageJob(
                id=new_id(),
                attempt=1,
                model=self._version.config.name,
                version=self._version.number,
                protocol=protocol,
                queue_timeout=self._timeout,
                source=image,
                params=params,
                results=None,
            )
            for image, params in zip(self._images, self._params, strict=True)
        ]

    def place(self, number: int) -> str:
        """Which of the images."""
        return f"{IMAGE}[{number}]: "

    def outputs(self, answers: Sequence[Answer]) -> list[Output]:
        """The results in the order of the images."""
        gives = {RESULT: _result, IMAGE: _image}
        outputs = []
        for wanted in self._wanted:
            elements = [gives[wanted.name](answer) for answer in answers]
            outputs.append(Output(wanted.name, strings(elements, (len(elements),))))
        return outputs


def _check_names(tensors: Mapping[str, Tensor]) -> None:
    for name, tensor in tensors.items():
        if name not in {IMAGE, PARAMS}:
            raise invalid(f"There is no input {shown(name)}: the model takes {IMAGE}, {PARAMS}.")
        if tensor.datatype != "BYTES":
            raise invalid(f"Input '{name}' is {tensor.datatype}, not BYTES.")
        if len(tensor.shape) != 1:
            raise invalid(f"Input '{name}' has the shape {list(tensor.shape)}, not [-1].")
    if IMAGE not in tensors:
        raise invalid(f"Input '{IMAGE}' is missing: encoded images, as BYTES.")


def _check_encoded(images: Sequence[bytes]) -> None:
    for number, image in enumerate(images):
        if image[:_BEGINNING].lstrip().startswith(_BASE64_BEGINNINGS):
            raise invalid(
                f"{IMAGE}[{number}] is base64: say so by the parameter content_type 'base64' of "
                f"the input '{IMAGE}', or send the bytes as binary data."
            )


def _params(tensor: Tensor | None, count: int) -> list[dict[str, Any]]:
    if tensor is None:
        return [{}] * count
    if tensor.shape != (count,):
        raise invalid(
            f"Input '{PARAMS}' has the shape {list(tensor.shape)}, where '{IMAGE}' has [{count}]."
        )
    return [_object(place, text) for place, text in enumerate(strings_of(tensor))]


def _object(place: int, text: bytes) -> dict[str, Any]:
    if len(text) > MAX_PARAMS_BYTES:
        raise invalid(f"{PARAMS}[{place}] has more than {MAX_PARAMS_BYTES} bytes.")
    try:
        value = loads(text.decode())
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise invalid(f"{PARAMS}[{place}] is not a JSON object.")
    if wrong := flaw(value, levels=MAX_PARAMS_LEVELS, integers=SIGNED_64_BITS):
        raise invalid(f"{PARAMS}[{place}] holds {wrong}.")
    return value


def _result(answer: Answer) -> bytes:
    assert isinstance(answer, Succeeded)  # noqa: S101  # for the type checker
    return json.dumps(answer.output, ensure_ascii=False, allow_nan=False).encode()


def _image(answer: Answer) -> bytes:
    assert isinstance(answer, Succeeded)  # noqa: S101  # for the type checker
    if answer.output_bytes is None:
        raise ProtocolError(Status.INTERNAL, "The model gave no image.")
    return answer.output_bytes
