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
from pathlib import Path
from typing import Final

import numpy as np
import pi_heif
from PIL import Image, JpegImagePlugin

from imagefile.errors import ImageFileError
from imagefile.formats import FORMATS
from imagefile.header import Header, Picture
from imagefile.reading import read_header, read_picture
from inference.engine.child.decoded import Decoded
from inference.engine.child.pdf_page import draw
from inference.engine.child.rgb import to_rgb, to_rgba
from inference.engine.errors import SourceGone, SourceUnavailable, UnreadableImage
from inference.engine.model import Note
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
    RuntimeError,  # what libheif calls the rest of its errors
    struct.error,
    ZeroDivisionError,
    OverflowError,
)
"""What Pillow raises over files that are broken or too large."""
BYTES_TO_DECODE_A_PIXEL: Final = 9
"""libjpeg keeps three coefficients of two bytes, beside the pixel."""

TRUNCATED: Final = Note(
    "truncated_file",
    "The file ends before its picture does: what could be read of it was used.",
)
MISSING: Final = (255, 255, 255, 0)
"""What stands for rows that a transparent picture lacks."""
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

pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def full_scale(_size: tuple[int, int]) -> float:
    """Nothing may shrink."""
    return 1.0


def longest_side(side: int) -> ScaleNeeded:
    """Images may shrink until their longest side has so many pixels."""
    return lambda size: side / max(size)


def decode(
    source: Path | bytes,
    limits: DecodeLimits,
    scale_needed: ScaleNeeded = full_scale,
    page: int = 1,
) -> Decoded:
    """Decode the first frame of an image file, or of its content; of a document one page.

    A JPEG is decoded at 1/2, 1/4 or 1/8 of its size where `scale_needed` allows it.

    Raises:
        SourceGone: there is no such file.
        SourceUnavailable: the file cannot be read.
        UnreadableImage: its content is not an image within the limits.
        MemoryError: there is not enough to decode it.
    """
    file = io.BytesIO(source if isinstance(source, bytes) else read(source))
    try:
        header = read_header(file, page)
        _check(header, limits)
        picture = read_picture(file, header, page)
    except ImageFileError as error:
        raise UnreadableImage(error.message) from error
    except UNDECODABLE as error:
        raise UnreadableImage("The file is damaged and cannot be decoded.") from error
    try:
        with _strict_pillow(limits):
            if header.format == "PDF":
                return _drawn(header, picture, page)
            return _decode(header, picture, scale_needed)
    except UNDECODABLE as error:
        _check_memory(header)
        message = f"This {header.name} file is damaged and cannot be decoded."
        raise UnreadableImage(message) from error


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


def _check(header: Header, limits: DecodeLimits) -> None:
    width, height = header.size
    if header.format not in limits.formats:
        raise UnreadableImage(f"{header.name} files are not accepted.")
    if max(width, height) > limits.max_side or width * height > limits.max_pixels:
        raise UnreadableImage(f"The image is too large: {width} x {height} pixels.")


def _check_memory(header: Header) -> None:
    """Raises MemoryError where there is none for such a picture, which decoders call damage."""
    np.empty((*header.stored_size, BYTES_TO_DECODE_A_PIXEL), np.uint8)


def _drawn(header: Header, picture: Picture, page: int) -> Decoded:
    width, height = header.size
    drawn = draw(picture.content, page, header.size)
    return Decoded(drawn, width, height, in_browsers=False)


def _decode(header: Header, picture: Picture, scale_needed: ScaleNeeded) -> Decoded:
    rgb, rgba = _pixels(header, picture.content, picture.icc_profile, scale_needed)
    rows = picture.rows
    if picture.otherwise is not None:
        rows = _rows_alike(rgb, _pixels(header, picture.otherwise, None, scale_needed)[0])
    if rows is not None and rows < rgb.height:
        rgb.paste("white", (0, rows, *rgb.size))
        if rgba:
            rgba.paste(MISSING, (0, rows, *rgba.size))
    width, height = header.size
    notes = (TRUNCATED,) if picture.is_truncated else ()
    seen = None if rgba is None else _upright(rgba, header)
    shown = FORMATS[header.format].in_browsers
    return Decoded(_upright(rgb, header), width, height, notes, shown, seen)


def _upright(image: Image.Image, header: Header) -> Image.Image:
    if header.orientation in UPRIGHT:
        image = image.transpose(UPRIGHT[header.orientation])
    # What is saved of it would have the file's comment and profile.
    image.info = {}
    return image


def _pixels(
    header: Header, content: bytes, icc_profile: bytes | None, scale_needed: ScaleNeeded
) -> tuple[Image.Image, Image.Image | None]:
    """The picture as it is stored: in RGB, and in RGBA where it has transparency."""
    with Image.open(io.BytesIO(content), formats=(header.format,)) as image:
        if image.size != header.stored_size:
            raise ValueError("The picture has another size than its header says.")
        if isinstance(image, JpegImagePlugin.JpegImageFile):
            _shrink(image, header, scale_needed)
        image.load()
        profile = icc_profile or image.info.get("icc_profile")
        return to_rgb(image, profile), to_rgba(image, profile)


def _rows_alike(one: Image.Image, other: Image.Image) -> int:
    """How many rows are the same in both, from the top.

    Raises:
        ValueError: not even the first is.
    """
    differ = (np.asarray(one) != np.asarray(other)).any(axis=(1, 2))
    rows = int(differ.argmax()) if differ.any() else one.height
    if not rows:
        raise ValueError("No row of the picture is there.")
    return rows


def _shrink(
    image: JpegImagePlugin.JpegImageFile, header: Header, scale_needed: ScaleNeeded
) -> None:
    """Have it decoded at the reduced scale that is enough."""
    scale = scale_needed(header.size)
    if scale < 1:
        # A hair less, so that what is exact but for the arithmetic is not rounded up.
        least_width, least_height = (math.ceil(side * scale - 1e-6) for side in image.size)
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
