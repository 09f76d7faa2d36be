"""An image file becomes upright RGB pixels, safely. Runs in the child process.

The one guard against hostile files that is not here is the process itself: what crashes in a
decoder takes nothing but its child along.
"""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from inference.engine.errors import SourceGone, SourceUnavailable, UnreadableImage
from inference.engine.model import Pixels
from inference.engine.types import DecodeLimits

UNDECODABLE = (
    OSError,  # includes Pillow's UnidentifiedImageError
    SyntaxError,
    ValueError,
    EOFError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    MemoryError,
    struct.error,
    ZeroDivisionError,
    OverflowError,
)
"""What Pillow raises over files that are broken or too large."""

ORIENTATION_TAG = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns an image upright, by its EXIF orientation."""


@dataclass(frozen=True)
class Decoded:
    """An image as a model sees it."""

    pixels: Pixels
    """(H, W, 3), RGB, upright; transparency is shown on white, colours are sRGB."""
    width: int
    """Of the upright image at full size, in pixels."""
    height: int
    """Of the upright image at full size, in pixels."""

    @property
    def scale(self) -> float:
        """The width of `pixels` over the full width: 1 unless decoded at reduced scale."""
        return float(self.pixels.shape[1] / self.width)


def decode(source: Path, limits: DecodeLimits, max_side: int | None = None) -> Decoded:
    """Decode the first frame of an image file.

    A JPEG larger than `max_side` is decoded at 1/2, 1/4 or 1/8 of its size, to no less than
    `max_side` along its longest side.

    Raises:
        SourceGone: there is no such file.
        SourceUnavailable: the file cannot be read.
        UnreadableImage: its content is not an image within the limits.
    """
    try:
        data = source.read_bytes()
    except FileNotFoundError:
        raise SourceGone from None
    except OSError as error:
        raise SourceUnavailable from error
    try:
        with _strict_pillow(limits), Image.open(io.BytesIO(data), formats=limits.formats) as image:
            return _decode(image, limits, max_side)
    except UNDECODABLE as error:
        raise UnreadableImage from error


def _decode(image: Image.Image, limits: DecodeLimits, max_side: int | None) -> Decoded:
    width, height = image.size
    if max(width, height) > limits.max_side or width * height > limits.max_pixels:
        raise UnreadableImage(f"The image is too large: {width} x {height} pixels.")
    if max_side is not None and max(width, height) > max_side:
        shrink = max_side / max(width, height)
        image.draft(None, (max(1, round(width * shrink)), max(1, round(height * shrink))))
    image.load()
    orientation = _orientation(image)
    if orientation >= 5:
        width, height = height, width
    rgb = _rgb(image)
    if orientation in UPRIGHT:
        rgb = rgb.transpose(UPRIGHT[orientation])
    return Decoded(np.array(rgb), width, height)


@contextmanager
def _strict_pillow(limits: DecodeLimits) -> Iterator[None]:
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = limits.max_pixels
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = before


def _orientation(image: Image.Image) -> int:
    try:
        orientation = image.getexif().get(ORIENTATION_TAG, 1)
    except (*UNDECODABLE, TypeError, KeyError, AttributeError):
        # Broken metadata around good pixels: viewers show such an image, and so do we.
        return 1
    return orientation if isinstance(orientation, int) else 1


def _rgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    image = _opaque(_eight_bit(image))
    if profile:
        image = _srgb(image, profile)
    return image.convert("RGB")


def _eight_bit(image: Image.Image) -> Image.Image:
    if not image.mode.startswith("I"):
        return image
    deep = np.clip(np.asarray(image), 0, 65535).astype(np.uint32)
    return Image.fromarray(((deep * 255 + 32767) // 65535).astype(np.uint8))


def _opaque(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        coloured = image.convert("RGBA")
        white = Image.new("RGBA", coloured.size, "white")
        return Image.alpha_composite(white, coloured).convert("RGB")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return image
        converted = ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        # A profile that is broken or made for other colours: its numbers are taken as sRGB.
        return image
    return converted or image
