"""The other images of a job, which its parameters name by their ids. Runs in the child."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from inference.engine.child.answers import Answers
from inference.engine.child.decode import decode, longest_side, read
from inference.engine.child.decoded import Decoded
from inference.engine.errors import SourceGone, UnreadableImage
from inference.engine.model import Note, Pixels
from inference.engine.to_child import ImageItem
from inference.engine.types import DecodeLimits

LONGEST_SIDE: Final = 1024
"""In pixels: what such an image shows is wanted, not its size."""


@dataclass(frozen=True)
class NamedImages:
    """All of one job, decoded."""

    pixels: dict[str, Pixels]
    """By the name of the parameter."""
    notes: Sequence[Note]


def read_named_images(item: ImageItem, limits: DecodeLimits, answers: Answers) -> NamedImages:
    """Read and decode them; a failure says which parameter it is about.

    Raises:
        SourceGone: one is no longer stored.
        SourceUnavailable: one cannot be read.
        UnreadableImage: one is not an image within the limits.
    """
    decoded = {
        name: _decoded(name, source, item, limits, answers)
        for name, source in item["images"].items()
    }
    notes = [
        Note(note.code, f"{name}: {note.message}")
        for name, image in decoded.items()
        for note in image.notes
    ]
    return NamedImages({name: _small(image.pixels) for name, image in decoded.items()}, notes)


def _decoded(
    name: str, source: str | None, item: ImageItem, limits: DecodeLimits, answers: Answers
) -> Decoded:
    gone = SourceGone(f"The image chosen as {name} is no longer stored.")
    if source is None:
        raise gone
    try:
        answers.begin("read", item["serial"])
        content = read(Path(source))
        answers.begin("decode", item["serial"])
        return decode(content, limits, longest_side(LONGEST_SIDE), item["image_pages"].get(name, 1))
    except SourceGone:
        raise gone from None
    except UnreadableImage as error:
        raise UnreadableImage(f"The image chosen as {name}: {error.message}") from error


def _small(pixels: Pixels) -> Pixels:
    if max(pixels.shape) <= LONGEST_SIDE:
        return pixels
    image = Image.fromarray(pixels)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
    return np.asarray(image, np.uint8)
