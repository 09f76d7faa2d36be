"""ThumbHash (https://evanw.github.io/thumbhash/, by Evan Wallace, MIT): a picture in 25 bytes,
shown until the thumbnail is there. It has the lowest frequencies of a cosine transform of
brightness and of two color differences, each in 4 bits."""

import base64
import math
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE: Final = 100
"""No larger is what it is made of, in pixels."""
_MOST: Final = 7
"""Frequencies of brightness along the longer side."""

Numbers = NDArray[np.float64]


def thumbhash(image: Image.Image) -> str:
    """The ThumbHash of a picture in RGB, in base64: 32 characters at most."""
    small = image.reduce(math.ceil(max(image.size) / SIDE))
    return base64.b64encode(_encoded(small)).decode()


def _encoded(image: Image.Image) -> bytes:
    width, height = image.size
    longer = max(width, height)
    across, down = (max(1, _rounded(_MOST * side / longer)) for side in (width, height))
    red, green, blue = _frequencies(image, max(3, across), max(3, down))
    light = _Channel((red + green + blue) / 3, max(3, across), max(3, down))
    yellow = _Channel((red + green) / 2 - blue, 3, 3)
    reddish = _Channel(red - green, 3, 3)
    is_landscape = width > height
    head = (
        _rounded(63 * light.mean)
        | _rounded(31.5 + 31.5 * yellow.mean) << 6
        | _rounded(31.5 + 31.5 * reddish.mean) << 12
        | _rounded(31 * light.scale) << 18
    )
    more = (
        (down if is_landscape else across)
        | _rounded(63 * yellow.scale) << 3
        | _rounded(63 * reddish.scale) << 9
        | int(is_landscape) << 15
    )
    nibbles = [*light.nibbles, *yellow.nibbles, *reddish.nibbles]
    pairs = zip(nibbles[::2], [*nibbles[1::2], 0], strict=False)
    return (
        head.to_bytes(3, "little")
        + more.to_bytes(2, "little")
        + bytes(a | b << 4 for a, b in pairs)
    )


class _Channel:
    """A mean, and the lowest of the other frequencies in 4 bits each, by the largest."""

    def __init__(self, frequencies: Numbers, across: int, down: int) -> None:
        found = frequencies.tolist()
        factors = [
            found[row][column]
            for row in range(down)
            for column in range(across)
            if column * down < across * (down - row)
        ]
        self.mean = factors.pop(0)
        self.scale = max(map(abs, factors))
        by = 7.5 / (self.scale or 1)
        self.nibbles = [_rounded(7.5 + by * one) for one in factors]


def _frequencies(image: Image.Image, across: int, down: int) -> Numbers:
    """Of red, green and blue, from 0 to 1: 3 x down x across.

    What is made of the colors is a sum of them, and so are its frequencies of theirs.
    """
    width, height = image.size
    rows = np.asarray(image).reshape(height, width * 3).astype(np.float64)
    lines = (_cosines(down, height) @ rows).reshape(down, width, 3)
    return lines.transpose(2, 0, 1) @ _cosines(across, width).T / (width * height * 255)


@lru_cache(256)
def _cosines(count: int, size: int) -> Numbers:
    """A row for each frequency, over so many pixels."""
    places = np.pi / size * (np.arange(size) + 0.5)
    found: Numbers = np.cos(np.arange(count)[:, None] * places)
    return found


def _rounded(value: float) -> int:
    """To the nearest whole number, halves up, as the reference does."""
    return math.floor(value + 0.5)
