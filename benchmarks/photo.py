"""The photo that every system is sent: 512 by 512, a JPEG of 68 KB, the same on every machine."""

import io
import itertools
from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np
from PIL import Image

SIDE: Final = 512
SEED: Final = 20


@cache
def photo() -> bytes:
    """The photo as the bytes of a file."""
    random = np.random.default_rng(SEED)
    pixels = np.full((SIDE, SIDE, 3), 128.0)
    # Noise at every scale, as photos have it: each octave with half of the contrast before.
    for octave in range(1, 9):
        cells = 2**octave
        noise = random.normal(size=(cells, cells, 3)) * 90 / 1.42**octave
        layers = [
            np.asarray(
                Image.fromarray(noise[:, :, channel].astype(np.float32)).resize((SIDE, SIDE))
            )
            for channel in range(3)
        ]
        pixels += np.stack(layers, axis=2)
    body = io.BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(body, "JPEG", quality=92)
    return body.getvalue()


def distinct_photos(count_from: int = 0) -> Callable[[], bytes]:
    """Gives the photo again and again, each time with another comment in it.

    So that no two files have one hash, and no system answers from what it has seen.
    """
    numbers = itertools.count(count_from)
    start, rest = photo()[:2], photo()[2:]

    def one() -> bytes:
        comment = b"%016d" % next(numbers)
        return start + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + rest

    return one
