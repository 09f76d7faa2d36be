"""What the author of a model writes: a class `Model` in `model.py`, as `ImageModel` describes it.

A minimal one:

    from inference.engine.model import LabelsOutput

    class Model:
        def __init__(self, context):
            self.names = (context.files / "names.txt").read_text().split()

        def predict(self, requests):
            return [LabelsOutput([(self.names[0], request.image.mean() / 255)])
                    for request in requests]

A model that declares `inputs` in its model.toml has `infer` in place of `predict`, as `TensorModel`
describes it.

It is loaded once in a child process of its own and called from one thread, a batch at a time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from inference.engine.errors import LoadError
from inference.engine.load_context import LoadContext

__all__ = [
    "Array", "ImageModel", "ImageOutput", "InvalidParams", "InvalidTensors", "JobCanceled",
    "LabelsOutput", "LoadContext", "LoadError", "Note", "Output", "Pixels", "Point", "RawOutput",
    "Region", "Report", "Request", "TensorModel", "TextOutput",
]  # fmt: skip
"""All that authors import, wherever it is defined."""

Array = npt.NDArray[Any]
Pixels = npt.NDArray[np.uint8]
Report = Callable[[str, float, dict[str, Any] | None], None]
Point = tuple[float, float]


class JobCanceled(Exception):
    """Raised by `Request.report` when the request was called off: let it pass."""


class InvalidParams(Exception):
    """Raise or return it when the parameters do not fit this image, with one clear sentence."""


class InvalidTensors(Exception):
    """Raise it in `infer` when the tensors make no sense, with one clear sentence."""


@dataclass(frozen=True)
class Request:
    """One image to predict."""

    image: Pixels
    """(H, W, 3), RGB, upright, transparency shown on white; at reduced scale where the model
    declares `max_side`."""
    width: int
    """Of the upright image at full size, in pixels."""
    height: int
    """Of the upright image at full size, in pixels."""
    scale: float
    """The width of `image` over `width`: 1 unless the image was decoded at reduced scale."""
    params: Mapping[str, Any]
    image_type: str
    """The user's hint at what the image shows, such as `en-handwritten`; may be empty."""
    on_report: Report = field(repr=False)
    images: Mapping[str, Pixels] = field(default_factory=dict)
    """(H, W, 3), RGB, upright, at most 1024 pixels on its longest side: each other image that was
    chosen by a parameter of the format `image-id`, by the parameter's name."""
    rgba: Pixels | None = field(default=None, repr=False)
    """(H, W, 4): the same pixels with their transparency, colors not multiplied by it, for models
    that keep it or show it on another color than white. None: the image is opaque."""

    def report(self, stage: str, fraction: float, partial: dict[str, Any] | None = None) -> None:
        """Tell the user how far it is: `fraction` of `stage` from 0 to 1, and what is known so far.

        Call it often: it is thinned out on its way, and it is where cancellation is noticed.

        Raises:
            JobCanceled: the request was called off.
        """
        self.on_report(stage, fraction, partial)


@dataclass(frozen=True)
class Note:
    """What could not be done for an image, though there is a result."""

    code: str
    """Stable, snake_case."""
    message: str
    """One clear sentence for the user."""


@dataclass(frozen=True)
class Region:
    """A piece of text and where it stands."""

    polygon: tuple[Point, Point, Point, Point]
    """Its corners, clockwise from the top left, in pixels of the upright image at full size."""
    text: str
    confidence: float
    """From 0 to 1."""


@dataclass(frozen=True)
class TextOutput:
    """The text in the image, in reading order."""

    regions: Sequence[Region]
    language: str | None = None
    """A BCP 47 tag such as `en`; None where it is not known."""
    text: str | None = None
    """The whole text; None: the regions' text, one to a line."""
    notes: Sequence[Note] = field(default=(), kw_only=True)
    paragraphs: Sequence[str] | None = field(default=None, kw_only=True)
    """The text by paragraphs; None: its pieces between empty lines."""
    turned: int = field(default=0, kw_only=True)
    """By how many degrees, clockwise, the image was turned before it was read."""


@dataclass(frozen=True)
class ImageOutput:
    """A new image."""

    pixels: Pixels
    """(H, W, 3) RGB or (H, W, 4) RGBA."""
    format: Literal["png", "webp"] = field(default="png", kw_only=True)
    """What it is stored as: `png` keeps it exactly, `webp` is much smaller."""
    notes: Sequence[Note] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class LabelsOutput:
    """What the image shows, each label with its score."""

    labels: Sequence[tuple[str, float]]
    notes: Sequence[Note] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class RawOutput:
    """Numbers without a meaning for people, by their names."""

    tensors: Mapping[str, Array]
    notes: Sequence[Note] = field(default=(), kw_only=True)


Output = TextOutput | ImageOutput | LabelsOutput | RawOutput


class ImageModel(Protocol):
    """A model of images."""

    def __init__(self, context: LoadContext) -> None:
        """Load the weights. What is raised here makes the model unavailable."""

    def predict(self, requests: Sequence[Request]) -> Sequence[Output | Exception]:
        """One output, or what went wrong, for each request, in their order.

        What is raised here fails a single request; of several, each is then tried alone.
        """


class TensorModel(Protocol):
    """A model of tensors."""

    def infer(self, tensors: Mapping[str, Array]) -> Mapping[str, Array]:
        """Every declared output for the declared inputs, by name.

        Where the model batches, the first dimension of each is the batch, which may hold several
        requests. BYTES are arrays of objects: `bytes` come in, `bytes` or `str` go out.

        What is raised here fails a single request; of several, each is then tried alone.
        """
