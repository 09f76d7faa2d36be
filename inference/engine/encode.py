"""A model's output becomes JSON and, where it is an image, a PNG file. Runs in the child."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image

from inference.engine.atomic_file import write_atomically
from inference.engine.errors import ModelFailed, ResultsUnwritable
from inference.engine.model import (
    ImageOutput,
    LabelsOutput,
    Output,
    Pixels,
    TextOutput,
)

OutputFile = Literal["output.png"]
OUTPUT_FILE: OutputFile = "output.png"
KINDS: Mapping[str, type] = {"text": TextOutput, "image": ImageOutput, "labels": LabelsOutput}
# Of zlib's levels this one takes a third of the default's time for a few per cent more bytes.
COMPRESSION = 3


def encode(output: Output, kind: str, results: Path) -> tuple[dict[str, Any], OutputFile | None]:
    """The output as JSON, and the name of the file written into `results` if there is one.

    Raises:
        ModelFailed: the output is not what a model of this kind may give.
        ResultsUnwritable: the file could not be written.
    """
    if not isinstance(output, KINDS[kind]):
        raise ModelFailed(f"The model gave {type(output).__name__} where {kind} was declared.")
    match output:
        case TextOutput():
            return _text(output), None
        case LabelsOutput():
            return _labels(output), None
        case ImageOutput():
            return _image(output.pixels, results / OUTPUT_FILE), OUTPUT_FILE


def _text(output: TextOutput) -> dict[str, Any]:
    regions = [
        {
            "polygon": [[_finite(x), _finite(y)] for x, y in region.polygon],
            "text": str(region.text),
            "confidence": _finite(region.confidence, digits=4),
        }
        for region in output.regions
    ]
    text = output.text
    if text is None:
        text = "\n".join(region.text for region in output.regions)
    return {"kind": "text", "text": text, "language": output.language, "regions": regions}


def _labels(output: LabelsOutput) -> dict[str, Any]:
    scored = [(str(label), _finite(score, digits=6)) for label, score in output.labels]
    scored.sort(key=lambda pair: pair[1], reverse=True)
    labels = [{"label": label, "score": score} for label, score in scored]
    return {"kind": "labels", "labels": labels}


def _image(pixels: Pixels, path: Path) -> dict[str, Any]:
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
        raise ModelFailed(f"The model gave pixels of shape {pixels.shape} and {pixels.dtype}.")
    image = Image.fromarray(np.ascontiguousarray(pixels))
    try:
        write_atomically(path, lambda file: image.save(file, "PNG", compress_level=COMPRESSION))
    except OSError as error:
        raise ResultsUnwritable from error
    width, height = image.size
    return {"kind": "image", "width": width, "height": height, "content_type": "image/png"}


def _finite(number: float, digits: int = 1) -> float:
    if not math.isfinite(number):
        raise ModelFailed(f"The model gave {number} where a number was expected.")
    return round(float(number), digits)
