"""The small picture of an image, made from the pixels that the model sees."""

import math
from pathlib import Path
from typing import Final

from PIL import Image, ImageStat

from inference.atomic_file import write_atomically
from inference.engine.child.thumbhash import thumbhash
from inference.engine.errors import ResultsUnwritable

SIDE: Final = 320
DISPLAY_SIDE: Final = 2000
"""Of the picture that stands for one which not every browser shows."""
LEAST_SIDE: Final = 240
"""Of an image that is larger: where a whole fraction of it is as large, it is taken."""
QUALITY: Final = 80
"""Of JPEG: a WebP of the same quality has as many bytes on photos, and takes ten to thirty times as
long."""
LIGHT: Final = 190
"""The mean brightness, of 255, from which on what is seen of a transparent picture is too light for
white behind it."""
DARK_BACKGROUND: Final = (48, 48, 48)


def needed_scale(size: tuple[int, int]) -> float:
    """To what fraction of its size (width, height) an image may shrink before its thumbnail is made
    of it, which is as large then as it would have been."""
    side = max(size)
    factor = _factor(side)
    return 1 / factor if factor else SIDE / side


def write_thumbnail(
    picture: Image.Image, path: Path, transparent: Image.Image | None = None
) -> str:
    """Write a JPEG of at most 320 x 320 pixels without metadata, and give its ThumbHash.

    It is not flushed: it can be made again. `picture` is RGB, on white; where it is light and
    `transparent` has its transparency, it is shown on dark gray instead.

    Raises:
        ResultsUnwritable: the storage does not take it; the image is tried again later.
    """
    dark = None if transparent is None else _on_dark(_small(transparent))
    image = dark or _small(picture)
    _write(image, path)
    return thumbhash(image)


def write_display(picture: Image.Image, path: Path) -> None:
    """Write a JPEG of at most 2,000 x 2,000 pixels without metadata, not flushed either.

    Raises:
        ResultsUnwritable: the storage does not take it; the image is tried again later.
    """
    image = picture.copy()
    image.thumbnail((DISPLAY_SIDE, DISPLAY_SIDE), Image.Resampling.HAMMING, reducing_gap=2.0)
    _write(image, path)


def _write(image: Image.Image, path: Path) -> None:
    try:
        write_atomically(
            path, lambda file: image.save(file, "JPEG", quality=QUALITY), is_durable=False
        )
    except OSError as error:
        raise ResultsUnwritable("The thumbnail could not be written to storage.") from error


def _small(image: Image.Image) -> Image.Image:
    if factor := _factor(max(image.size)):
        # The mean of so many pixels each way: a tenth of the time of any filter.
        return image.reduce(factor)
    if max(image.size) <= SIDE:
        return image
    small = image.copy()
    small.thumbnail((SIDE, SIDE), Image.Resampling.HAMMING)
    return small


def _factor(side: int) -> int:
    """The whole factor by which a longer side becomes a thumbnail's; 0: there is none."""
    factor = math.ceil(side / SIDE)
    return factor if factor > 1 and side >= LEAST_SIDE * factor else 0


def _on_dark(image: Image.Image) -> Image.Image | None:
    """The RGBA picture on dark gray; None: it is not light."""
    alpha = image.getchannel("A")
    (brightness,) = ImageStat.Stat(image.convert("L"), mask=alpha).mean
    if brightness < LIGHT:
        return None
    dark = Image.new("RGB", image.size, DARK_BACKGROUND)
    dark.paste(image, mask=alpha)
    return dark
