"""An image becomes a network's input, as `[preprocessing]` says. Runs in the child."""

from typing import Final

import numpy as np
from PIL import Image

from inference.engine.arrays import NUMPY_TYPES
from inference.engine.image_config import Preprocessing
from inference.engine.model import Array, Pixels

Size = tuple[int, int]

_FILTERS: Final = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}

SPARE = 2.0
"""A JPEG may be decoded at reduced scale down to so many times the needed size: the last step
still averages over several pixels, as it would at full size."""


def preprocess(picture: Image.Image, how: Preprocessing, datatype: str) -> Array:
    """The input tensor (C, H, W) or (H, W, C) of an image in RGB, without a batch.

    Images are scaled with a filter that averages what it shrinks.
    """
    if how.color == "GRAY":
        picture = picture.convert("L")
    pixels = np.asarray(_fitted(picture, how))
    if how.color == "GRAY":
        pixels = pixels[..., None]
    elif how.color == "BGR":
        pixels = pixels[..., ::-1]
    planes = pixels.transpose(2, 0, 1)
    if datatype != "UINT8":
        planes = _normalized(pixels, how, datatype)
    return np.ascontiguousarray(planes if how.layout == "NCHW" else planes.transpose(1, 2, 0))


def needed_scale(size: Size, how: Preprocessing) -> float:
    """To what fraction of its size (width, height) an image may shrink before it is preprocessed,
    without a visible difference; 1: it must not."""
    if how.width is None or how.height is None:
        return 1.0
    width, height = _scaled_size(size, how, (how.width, how.height))
    return min(1.0, SPARE * max(width / size[0], height / size[1]))


def _fitted(picture: Image.Image, how: Preprocessing) -> Image.Image:
    if how.width is None or how.height is None:
        return _scaled(picture, _multiple_of(picture.size, how.multiple), how)
    target = (how.width, how.height)
    size = _scaled_size(picture.size, how, target)
    if how.fit == "crop":
        return _middle(picture, size, target, how)
    scaled = _scaled(picture, size, how)
    if how.fit == "letterbox":
        canvas = Image.new(scaled.mode, target, how.fill if scaled.mode == "L" else (how.fill,) * 3)
        left, top = ((a - b) // 2 for a, b in zip(target, scaled.size, strict=True))
        canvas.paste(scaled, (left, top))
        return canvas
    return scaled


def _scaled_size(size: Size, how: Preprocessing, target: Size) -> Size:
    """To what size an image is scaled before it is cut or filled up to `target`."""
    if how.fit == "stretch":
        return target
    ratios = [wanted / given for wanted, given in zip(target, size, strict=True)]
    if how.fit == "letterbox":
        width, height = (max(1, round(side * min(ratios))) for side in size)
        return width, height
    if how.resize:
        # Rounded down, as those do who train networks.
        width, height = (side * how.resize // min(size) for side in size)
        return width, height
    width, height = (round(side * max(ratios)) for side in size)
    return width, height


def _middle(picture: Image.Image, size: Size, target: Size, how: Preprocessing) -> Image.Image:
    """What the middle, as large as `target`, of the image scaled to `size` would be.

    The whole image is not scaled: a long and narrow one would take gigabytes.
    """
    left, right = _middle_of(size[0], target[0], picture.width)
    top, bottom = _middle_of(size[1], target[1], picture.height)
    return picture.resize(target, _FILTERS[how.filter], (left, top, right, bottom))


def _middle_of(scaled: int, length: int, given: int) -> tuple[float, float]:
    """Where the middle `length` of `scaled` pixels begins and ends among the `given` ones."""
    start = round((scaled - length) / 2)
    return start * given / scaled, (start + length) * given / scaled


def _multiple_of(size: Size, multiple: int) -> Size:
    width, height = (max(multiple, side - side % multiple) for side in size)
    return width, height


def _scaled(picture: Image.Image, size: Size, how: Preprocessing) -> Image.Image:
    if picture.size == size:
        return picture
    return picture.resize(size, _FILTERS[how.filter])


def _normalized(pixels: Pixels, how: Preprocessing, datatype: str) -> Array:
    """The values (C, H, W)."""
    precise = np.dtype("f8" if datatype == "FP64" else "f4")
    channels = pixels.shape[2]
    scale, mean, std = (
        np.broadcast_to(np.asarray(given, precise), channels)
        for given in (how.scale, how.mean, how.std)
    )
    values = np.empty((channels, *pixels.shape[:2]), precise)
    # Channel by channel and in place: over three numbers at a time numpy takes twice as long.
    for number, channel in enumerate(values):
        np.multiply(pixels[..., number], scale[number], out=channel)
        np.subtract(channel, mean[number], out=channel)
        np.divide(channel, std[number], out=channel)
    return values.astype(NUMPY_TYPES[datatype], copy=False)
