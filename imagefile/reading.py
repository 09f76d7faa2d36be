"""Which format a file has, and what that format's reader says of it."""

from typing import BinaryIO

from imagefile import jpeg, other_formats, png, webp
from imagefile.header import Header, Picture, read_at


def read_header(file: BinaryIO) -> Header:
    """What the file says of its picture, without decoding it.

    It costs little whatever the file holds: metadata is skipped rather than read, and what would
    take long to walk or decode is refused.

    Raises:
        ImageFileError: the file is not taken, and why.
    """
    magic = read_at(file, 0, other_formats.LOOKED_AT_BYTES)
    if magic.startswith(jpeg.MAGIC):
        return jpeg.read_header(file)
    if magic.startswith(png.MAGIC):
        return png.read_header(file)
    if webp.is_webp(magic):
        return webp.read_header(file)
    raise other_formats.refusal(magic)


def read_picture(file: BinaryIO, header: Header) -> Picture:
    """What is needed to decode the picture of a file whose header was read.

    Raises:
        ImageFileError: too little of the picture is there.
    """
    match header.format:
        case "JPEG":
            return jpeg.picture(file)
        case "PNG":
            return png.picture(file)
        case "WEBP":
            return webp.picture(file)
