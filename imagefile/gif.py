"""GIF files (GIF89a specification): the size of the first frame, whatever follows it."""

import struct
from typing import BinaryIO, Final

from imagefile import exif
from imagefile.errors import DamagedFile, TooManyChunks
from imagefile.header import Header, Picture, read_at, size_of

MAGIC: Final = (b"GIF87a", b"GIF89a")
MAX_BLOCKS: Final = 16_384
"""Before the first frame, of at most 255 bytes each: color profiles and metadata lie in them."""

_SCREEN_BYTES: Final = 13
_IMAGE, _EXTENSION = 0x2C, 0x21


def read_header(file: BinaryIO) -> Header:
    """Walks the blocks up to the first frame.

    Raises:
        ImageFileError: it is damaged, or has too many blocks.
    """
    screen = read_at(file, 0, _SCREEN_BYTES)
    if len(screen) < _SCREEN_BYTES:
        raise DamagedFile("GIF", "it ends before its picture begins")
    width, height, flags = struct.unpack_from("<HHB", screen, 6)
    left, top, across, down = _frame(file, _SCREEN_BYTES + _palette_bytes(flags))
    if not across or not down:
        raise DamagedFile("GIF", "its picture has no pixels")
    # Decoders enlarge the screen by what stands out of it.
    return Header("GIF", max(width, left + across), max(height, top + down), exif.UPRIGHT)


def picture(file: BinaryIO) -> Picture:
    """The file as it is: of an animation the decoder is asked for the first frame alone."""
    return Picture(read_at(file, 0, size_of(file)))


def _palette_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _frame(file: BinaryIO, at: int) -> tuple[int, int, int, int]:
    """Left, top, width and height of the first frame."""
    blocks = 0
    while blocks < MAX_BLOCKS:
        head = read_at(file, at, 10)
        if head[:1] == bytes([_IMAGE]) and len(head) == 10:
            left, top, width, height = struct.unpack_from("<HHHH", head, 1)
            return left, top, width, height
        if head[:1] != bytes([_EXTENSION]):
            raise DamagedFile("GIF", "it ends before its picture begins")
        at += 2
        while size := read_at(file, at, 1):
            at += 1 + size[0]
            blocks += 1
            if not size[0] or blocks >= MAX_BLOCKS:
                break
        blocks += 1
    raise TooManyChunks("GIF", MAX_BLOCKS)
