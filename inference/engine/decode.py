"""An image file becomes upright RGB pixels, safely. Runs in the child process.

The one guard against hostile files that is not here is the process itself: what crashes in a
decoder takes nothing but its child along.
"""

import io
import math
import struct
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, JpegImagePlugin

from inference.engine.errors import SourceGone, SourceUnavailable, UnreadableImage
from inference.engine.model import Pixels
from inference.engine.types import DecodeLimits

ScaleNeeded = Callable[[tuple[int, int]], float]
"""To what fraction of its upright size (width, height) in pixels an image may shrink."""

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


def full_scale(_size: tuple[int, int]) -> float:
    """Nothing may shrink."""
    return 1.0


def longest_side(side: int) -> ScaleNeeded:
    """Images may shrink until their longest side has so many pixels."""
    return lambda size: side / max(size)


def decode(
    source: Path | bytes, limits: DecodeLimits, scale_needed: ScaleNeeded = full_scale
) -> Decoded:
    """Decode the first frame of an image file, or of its content.

    A JPEG is decoded at 1/2, 1/4 or 1/8 of its size where `scale_needed` allows it.

    Raises:
        SourceGone: there is no such file.
        SourceUnavailable: the file cannot be read.
        UnreadableImage: its content is not an image within the limits.
    """
    data = source if isinstance(source, bytes) else read(source)
    try:
        with _strict_pillow(limits), Image.open(io.BytesIO(data), formats=limits.formats) as image:
            return _decode(image, limits, scale_needed)
    except UNDECODABLE as error:
        raise UnreadableImage from error


def read(source: Path) -> bytes:
    """The content of an image file.

    Raises:
        SourceGone: there is no such file.
        SourceUnavailable: it cannot be read.
    """
    try:
        return source.read_bytes()
    except FileNotFoundError:
        raise SourceGone from None
    except OSError as error:
        raise SourceUnavailable from error


def _decode(image: Image.Image, limits: DecodeLimits, scale_needed: ScaleNeeded) -> Decoded:
    width, height = image.size
    if max(width, height) > limits.max_side or width * height > limits.max_pixels:
        raise UnreadableImage(f"The image is too large: {width} x {height} pixels.")
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        _shrink(image, scale_needed)
    image.load()
    orientation = _orientation(image)
    if orientation >= 5:
        width, height = height, width
    rgb = _rgb(image)
    if orientation in UPRIGHT:
        rgb = rgb.transpose(UPRIGHT[orientation])
    return Decoded(np.array(rgb), width, height)


def _shrink(image: JpegImagePlugin.JpegImageFile, scale_needed: ScaleNeeded) -> None:
    """Have it decoded at the reduced scale that is enough."""
    width, height = image.size
    upright = (height, width) if _orientation(image) >= 5 else (width, height)
    scale = scale_needed(upright)
    if scale < 1:
        # A hair less, so that what is exact but for the arithmetic is not rounded up.
        least_width, least_height = (math.ceil(side * scale - 1e-6) for side in (width, height))
        image.draft(None, (least_width, least_height))


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
