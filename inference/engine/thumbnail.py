"""The small picture of an image, made from the pixels that the model sees."""

import logging
from pathlib import Path

from PIL import Image

from inference.engine.atomic_file import write_atomically
from inference.engine.model import Pixels

SIDE = 320
QUALITY = 80

logger = logging.getLogger(__name__)


def write_thumbnail(pixels: Pixels, path: Path) -> bool:
    """Write a WebP of at most 320 x 320 pixels without metadata; False: it could not be written."""
    small = Image.fromarray(pixels)
    small.thumbnail((SIDE, SIDE), reducing_gap=2.0)
    try:
        write_atomically(path, lambda file: small.save(file, "WEBP", quality=QUALITY))
    except OSError:
        logger.warning("Thumbnail %s could not be written.", path, exc_info=True)
        return False
    return True
