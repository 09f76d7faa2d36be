"""A model's output becomes JSON and, where it is an image, a file. Runs in the child."""

import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from inference.atomic_file import write_atomically
from inference.engine.arrays import datatype_of
from inference.engine.errors import InvalidOutput, ModelFailed, ResultsUnwritable
from inference.engine.limits import OUTPUT_BYTES
from inference.engine.messages import OutputFile
from inference.engine.model import (
    Array,
    ImageOutput,
    LabelsOutput,
    Note,
    Output,
    Pixels,
    RawOutput,
    TextOutput,
)
from strictjson.values import flaw

KINDS: Mapping[str, type] = {
    "text": TextOutput,
    "image": ImageOutput,
    "labels": LabelsOutput,
    "raw": RawOutput,
}
COMPRESSION: Final = 1
"""Of PNG, zlib's fastest: a third of the default's time for a fifth more bytes."""
WEBP_QUALITY: Final = 90
WEBP_EFFORT: Final = 2
"""Of 0 to 6: on photos as fast as the least, and smaller."""
WEBP_SIDE: Final = 16_383
"""The most pixels that a WebP's side can have."""
MAX_RAW_VALUES = 100_000
TOO_LARGE_FOR_WEBP: Final = Note(
    "too_large_for_webp",
    f"The picture has a side of more than {WEBP_SIDE} pixels, so it is stored as PNG.",
)


@dataclass(frozen=True)
class Encoded:
    """An output on its way to who asked for it."""

    output: dict[str, Any]
    """JSON, told apart by its `kind`."""
    content: bytes | None = None
    """The file, where it is an image."""
    file: OutputFile | None = None
    """What the file is to be called."""
    notes: Sequence[Note] = ()
    """What could not be done in encoding it."""


def encode(output: Output, kind: str, notes: Sequence[Note] = ()) -> Encoded:
    """The output as JSON with its notes and these; an image as a file of its format.

    Raises:
        ModelFailed: the output is not what a model of this kind may give.
        InvalidOutput: it holds what JSON cannot say, no database keep or no client expect; or it is
            too large.
    """
    if not isinstance(output, KINDS[kind]):
        raise ModelFailed(f"The model gave {type(output).__name__} where {kind} was declared.")
    encoded = _encode(output)
    told = [
        {"code": note.code, "message": note.message}
        for note in (*notes, *output.notes, *encoded.notes)
    ]
    whole = {**encoded.output, "notes": told}
    if wrong := flaw(whole, OUTPUT_BYTES):
        raise InvalidOutput(f"The model's output cannot be stored: it holds {wrong}.")
    return replace(encoded, output=whole)


def store(content: bytes, file: OutputFile, results: Path) -> None:
    """Write an image that came out into the folder `results`.

    Raises:
        ResultsUnwritable: the storage does not take it.
    """
    try:
        write_atomically(results / file, lambda opened: opened.write(content))
    except OSError as error:
        raise ResultsUnwritable from error


def _encode(output: Output) -> Encoded:
    match output:
        case TextOutput():
            return Encoded(_text(output))
        case LabelsOutput():
            return Encoded(_labels(output))
        case ImageOutput():
            return _image(output)
        case RawOutput():
            return Encoded(_raw(output.tensors))


def _text(output: TextOutput) -> dict[str, Any]:
    regions = [
        {
            "polygon": [[_finite(x), _finite(y)] for x, y in region.polygon],
            "text": str(region.text),
            "confidence": _finite(region.confidence, digits=4),
        }
        for region in output.regions
    ]
    # The author's code may hold anything in them.
    text: Any = output.text
    language: Any = output.language
    if text is None:
        text = "\n".join(region.text for region in output.regions)
    if not isinstance(text, str) or not isinstance(language, str | None):
        raise InvalidOutput("The model gave a text or a language that is no text.")
    paragraphs = output.paragraphs
    if paragraphs is None:
        paragraphs = re.split(r"\n\s*\n", text.strip()) if text.strip() else []
    return {
        "kind": "text",
        "text": text,
        "paragraphs": [str(paragraph) for paragraph in paragraphs],
        "language": language,
        "turned": int(output.turned),
        "regions": regions,
    }


def _labels(output: LabelsOutput) -> dict[str, Any]:
    scored = [(str(label), _finite(score, digits=6)) for label, score in output.labels]
    scored.sort(key=lambda pair: pair[1], reverse=True)
    labels = [{"label": label, "score": score} for label, score in scored]
    return {"kind": "labels", "labels": labels}


def _image(output: ImageOutput) -> Encoded:
    pixels = output.pixels
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
        raise ModelFailed(f"The model gave pixels of shape {pixels.shape} and {pixels.dtype}.")
    image = Image.fromarray(np.ascontiguousarray(_without_hidden_colors(pixels)))
    width, height = image.size
    shown = {"kind": "image", "width": width, "height": height, "transparent": _transparent(pixels)}
    memory = io.BytesIO()
    if output.format == "webp" and max(image.size) <= WEBP_SIDE:
        image.save(memory, "WEBP", quality=WEBP_QUALITY, method=WEBP_EFFORT)
        shown["content_type"] = "image/webp"
        return Encoded(shown, memory.getvalue(), "output.webp")
    image.save(memory, "PNG", compress_level=COMPRESSION)
    shown["content_type"] = "image/png"
    notes = (TOO_LARGE_FOR_WEBP,) if output.format == "webp" else ()
    return Encoded(shown, memory.getvalue(), "output.png", notes)


def _transparent(pixels: Pixels) -> bool:
    return pixels.shape[2] == 4 and bool((pixels[..., 3] < 255).any())


def _without_hidden_colors(pixels: Pixels) -> Pixels:
    """The same picture with zeros under alpha 0: nobody can bring back what was removed."""
    if pixels.shape[2] == 3:
        return pixels
    # Alpha is the highest byte of such a number: two comparisons instead of a look at each color.
    packed = np.ascontiguousarray(pixels).view("<u4")
    hidden = packed < 1 << 24
    if not (hidden & (packed > 0)).any():
        return pixels
    return np.where(hidden, np.uint8(0), pixels)


def _raw(tensors: Mapping[str, Array]) -> dict[str, Any]:
    values = sum(np.size(array) for array in tensors.values())
    if values > MAX_RAW_VALUES:
        raise ModelFailed(f"The model gave {values} values: more than {MAX_RAW_VALUES} to show.")
    return {"kind": "raw", "tensors": {str(name): _values(tensors[name]) for name in tensors}}


def _values(array: Array) -> dict[str, Any]:
    datatype = "BYTES" if array.dtype.kind in "SU" else datatype_of(array)
    if datatype is None:
        raise ModelFailed(f"The model gave values of {array.dtype}.")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ModelFailed("The model gave values that are not finite numbers.")
    data = array.reshape(-1).tolist()
    if datatype == "BYTES":
        data = [_as_text(element) for element in data]
    return {"datatype": datatype, "shape": list(array.shape), "data": data}


def _as_text(element: Any) -> str:
    try:
        return element.decode() if isinstance(element, bytes) else str(element)
    except UnicodeDecodeError:
        raise ModelFailed("The model gave bytes that are not text.") from None


def _finite(number: float, digits: int = 1) -> float:
    if not math.isfinite(number):
        raise ModelFailed(f"The model gave {number} where a number was expected.")
    return round(float(number), digits)
