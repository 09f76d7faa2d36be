"""Pictures in a PDF as they are stored: their pixels are decoded by who shows it, and not here."""

import struct
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Final, cast

from imagefile import jpeg, png
from imagefile.errors import ImageFileError
from imagefile.reading import read_header
from uploads.errors import NotExportable

_OVER_WHITE: Final = {
    # Each color c under the opacity a becomes 1 + a (c - 1).
    2: b"{exch 1 sub 1 index mul 1 add exch pop}",
    4: b"{4 3 roll 1 sub 1 index mul 1 add 4 3 roll 1 sub 2 index mul 1 add"
    b" 4 3 roll 1 sub 3 index mul 1 add 4 3 roll pop}",
}
"""PostScript functions by the number of channels, opacity among them."""
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Of PNG's color types."""
_REFUSED: Final = (
    "A PDF cannot hold this photo as it is stored ({kind}): take the text, Markdown or hOCR, or "
    "upload it as JPEG or PNG."
)


@dataclass(frozen=True)
class Embedded:
    """An image object: the words of its dictionary but for its length, and its bytes."""

    words: bytes
    data: bytes
    orientation: int
    """As EXIF numbers it."""
    function: bytes = b""
    """What its color space's function computes; empty: there is none."""
    channels: int = field(default=0)


def embedded(file: IO[bytes]) -> Embedded:
    """A JPEG or PNG as an image object, without its metadata.

    Raises:
        NotExportable: it is of a kind that no PDF holds as it is.
    """
    opened = cast("BytesIO", file)
    try:
        header = read_header(opened)
        if header.format == "JPEG":
            return _jpeg(jpeg.picture(opened).content, header.orientation)
        if header.format == "PNG":
            return _png(png.picture(opened).content, header.orientation)
    except ImageFileError as error:
        raise NotExportable(str(error)) from None
    raise NotExportable(_REFUSED.format(kind=header.name))


def _jpeg(content: bytes, orientation: int) -> Embedded:
    header = read_header(BytesIO(content))
    components = _components(content)
    space = {1: b"/DeviceGray", 3: b"/DeviceRGB", 4: b"/DeviceCMYK"}[components]
    words = _words(*header.stored_size, 8, space) + b" /Filter /DCTDecode"
    if components == 4 and b"Adobe" in content[:65536]:
        words += b" /Decode [1 0 1 0 1 0 1 0]"  # Adobe's are stored inverted
    return Embedded(words, content, orientation)


def _components(content: bytes) -> int:
    at = 2
    while at + 10 <= len(content):
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            return content[at + 9]
        at += 2 + length
    raise NotExportable("The photo's file is damaged.")


def _png(content: bytes, orientation: int) -> Embedded:
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at < len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        chunks[kind] = content[at + 8 : at + 8 + length]
        at += length + 12
    width, height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    if interlaced:
        raise NotExportable(_REFUSED.format(kind="an interlaced PNG"))
    channels = _CHANNELS[color]
    transparent = chunks.get(b"tRNS", b"")
    words = b""
    if color == 3:
        palette = _over_white(chunks[b"PLTE"], transparent)
        last = len(palette) // 3 - 1
        space = b"[/Indexed /DeviceRGB %d <%s>]" % (last, palette.hex().encode())
    elif channels in _OVER_WHITE:
        names = b"/Gray" if channels == 2 else b"/Red /Green /Blue"
        base = b"/DeviceGray" if channels == 2 else b"/DeviceRGB"
        space = b"[/DeviceN [%s /Opacity] %s FUNCTION]" % (names, base)
    else:
        space = b"/DeviceGray" if color == 0 else b"/DeviceRGB"
        if len(transparent) == 2 * channels:
            keys = struct.unpack(f">{channels}H", transparent)
            words = b" /Mask [%s]" % b" ".join(b"%d %d" % (key, key) for key in keys)
    words = _words(width, height, depth, space) + words
    words += b" /Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors %d" % channels
    words += b" /BitsPerComponent %d /Columns %d >>" % (depth, width)
    function = _OVER_WHITE.get(channels, b"")
    return Embedded(words, chunks[b"IDAT"], orientation, function, channels)


def _over_white(palette: bytes, opacities: bytes) -> bytes:
    colors = bytearray(palette)
    for entry, opacity in enumerate(opacities[: len(palette) // 3]):
        for at in range(3 * entry, 3 * entry + 3):
            colors[at] = 255 + opacity * (colors[at] - 255) // 255
    return bytes(colors)


def _words(width: int, height: int, depth: int, space: bytes) -> bytes:
    size = b"/Width %d /Height %d /BitsPerComponent %d" % (width, height, depth)
    return b"/Type /XObject /Subtype /Image " + size + b" /ColorSpace " + space
