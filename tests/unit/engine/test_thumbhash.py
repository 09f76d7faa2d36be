"""ThumbHash: the same bytes as the reference makes, and never more than a row holds."""

import base64

import numpy as np
import pytest
from PIL import Image

from inference.engine.child.thumbhash import thumbhash
from uploads.models import lengths


def pattern(width: int, height: int) -> Image.Image:
    y, x = np.mgrid[:height, :width]
    planes = ((x * 5) % 256, (y * 7 + x) % 256, (x * y) % 256)
    return Image.fromarray(np.stack(planes, axis=-1).astype(np.uint8))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((60, 40), "HfgJFZAROllTd4eAiJh4ZBN5ILH6"),
        ((40, 60), "29cJHRJgdnV3R4coiIl4V8CrB5e4"),
        ((50, 50), "HRgOJxhwdnd2d4dyiGiImId1B7s4gIgN"),
        ((3, 90), "TSgFMQiBokeIhnDIj0xlp/g="),
    ],
)
def test_it_is_what_the_reference_makes(size: tuple[int, int], expected: str) -> None:
    # Made with `rgbaToThumbHash` of the npm package thumbhash 0.1.1.
    assert thumbhash(pattern(*size)) == expected


@pytest.mark.parametrize("size", [(1, 1), (1, 320), (320, 1), (7, 5), (320, 320), (320, 213)])
@pytest.mark.parametrize("shade", [0, 128, 255, None])
def test_it_is_small_whatever_the_picture(size: tuple[int, int], shade: int | None) -> None:
    flat = Image.new("RGB", size, (shade or 0,) * 3)
    hashed = thumbhash(pattern(*size) if shade is None else flat)
    assert len(hashed) <= lengths.THUMBHASH
    assert len(base64.b64decode(hashed, validate=True)) <= 25


def test_a_large_picture_has_the_hash_of_a_small_one() -> None:
    small = Image.fromarray(np.full((60, 80, 3), 90, np.uint8))
    small.paste((200, 40, 10), (0, 0, 40, 60))
    assert thumbhash(small.resize((320, 240), Image.Resampling.NEAREST)) == thumbhash(small)
