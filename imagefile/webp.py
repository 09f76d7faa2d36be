"""WebP files (RFC 9649): chunks, and the picture of a file that breaks off."""

import struct
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

from imagefile import exif
from imagefile.errors import DamagedFile, TooManyChunks
from imagefile.header import Header, Picture, read_at, size_of

MAX_CHUNKS: Final = 32_768
"""An animation has one for each frame."""
MAX_MISSING_BYTES: Final = 32 << 20
"""Of a picture that breaks off."""

_FIRST_CHUNK: Final = 12
_HAS_EXIF: Final = 1 << 3
_KEPT_FLAGS: Final = 1 << 1 | 1 << 4 | 1 << 5
"""Animation, transparency, color profile."""
_PICTURES: Final = frozenset({b"VP8 ", b"VP8L"})
_NEEDED: Final = _PICTURES | {b"VP8X", b"ICCP", b"ALPH", b"ANIM", b"ANMF"}
_KEY_FRAME: Final = b"\x9d\x01\x2a"
_LOSSLESS: Final = 0x2F
_MADE_UP: Final = (b"\x00", b"\x55")
"""What decoders go on with where the picture breaks off: unlike each other, and errors to none."""
_SPARE_BYTES: Final = 1 << 16
"""They may take more of it than is missing."""

_Data = tuple[bytes, bytes]
"""Kind and data of a chunk."""


def is_webp(magic: bytes) -> bool:
    """Whether a file with these first 12 bytes is one."""
    return magic[:4] == b"RIFF" and magic[8:12] == b"WEBP"


def read_header(file: BinaryIO) -> Header:
    """Reads the first chunk, and the orientation where the file says that it has one.

    Raises:
        ImageFileError: it is damaged, or has too many chunks.
    """
    head = read_at(file, _FIRST_CHUNK, 18)
    kind, body = head[:4], head[8:]
    if len(body) < 10:
        raise DamagedFile("WebP", "it ends before its picture begins")
    orientation = exif.UPRIGHT
    if kind == b"VP8X":
        width = 1 + int.from_bytes(body[4:7], "little")
        height = 1 + int.from_bytes(body[7:10], "little")
        if body[0] & _HAS_EXIF:
            orientation = _orientation(file)
    elif kind == b"VP8 " and body[3:6] == _KEY_FRAME:
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", body, 6))
    elif kind == b"VP8L" and body[0] == _LOSSLESS:
        (bits,) = struct.unpack_from("<I", body, 1)
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        raise DamagedFile("WebP", "its picture is missing")
    if not width or not height:
        raise DamagedFile("WebP", "its picture has no pixels")
    return Header("WEBP", width, height, orientation)


def picture(file: BinaryIO) -> Picture:
    """The file as it is, or its picture alone where it breaks off.

    Raises:
        DamagedFile: it breaks off before its picture, or in the first frame of an animation.
    """
    content = read_at(file, 0, size_of(file))
    if int.from_bytes(content[4:8], "little") + 8 <= len(content):
        return Picture(content)
    kept: list[_Data] = []
    for kind, start, size in _chunks(file):
        body = content[start : start + size]
        missing = size - len(body)
        if kind in _PICTURES and 0 < missing <= MAX_MISSING_BYTES and body:
            return _made_up(kept, kind, body, missing)
        if missing:
            break
        if kind == b"VP8X":
            # It promises no metadata any more.
            body = bytes(flags & _KEPT_FLAGS for flags in body[:1]) + body[1:]
        if kind in _NEEDED:
            kept.append((kind, body))
    # Of an animation the first frame counts.
    if not any(kind in _PICTURES or kind == b"ANMF" for kind, _ in kept):
        raise DamagedFile("WebP", "it ends before its picture does")
    return Picture(_file(kept))


def _made_up(before: Sequence[_Data], kind: bytes, body: bytes, missing: int) -> Picture:
    """A picture that breaks off, with bytes for those that are missing."""
    content, otherwise = (
        _file([*before, (kind, body + byte * (missing + _SPARE_BYTES))]) for byte in _MADE_UP
    )
    return Picture(content, is_truncated=True, otherwise=otherwise)


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Kind, where its data begins, and length of each chunk; the last one may be cut short."""
    at = _FIRST_CHUNK
    for _ in range(MAX_CHUNKS):
        head = read_at(file, at, 8)
        if len(head) < 8:
            return
        kind, length = struct.unpack("<4sI", head)
        yield kind, at + 8, length
        at += 8 + length + length % 2
    raise TooManyChunks("WebP", MAX_CHUNKS)


def _orientation(file: BinaryIO) -> int:
    for kind, start, length in _chunks(file):
        if kind == b"EXIF":
            return exif.orientation(read_at(file, start, min(length, exif.MAX_BYTES)))
    return exif.UPRIGHT


def _file(chunks: Sequence[_Data]) -> bytes:
    body = b"".join(
        kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for kind, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body
