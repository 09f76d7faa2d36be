"""The small picture of an image, made from the pixels that the model sees."""

from pathlib import Path

from PIL import Image

from inference.atomic_file import write_atomically
from inference.engine.errors import ResultsUnwritable
from inference.engine.model import Pixels

SIDE = 320
QUALITY = 80


def write_thumbnail(pixels: Pixels, path: Path) -> None:
    """Write a WebP of at most 320 x 320 pixels without metadata.

    Raises:
        ResultsUnwritable: the storage does not take it; the image is tried again later.
    """
    small = Image.fromarray(pixels)
    small.thumbnail((SIDE, SIDE), reducing_gap=2.0)
    try:
        write_atomically(path, lambda file: small.save(file, "WEBP", quality=QUALITY))
    except OSError as error:
        raise ResultsUnwritable("The thumbnail could not be written to storage.") from error
