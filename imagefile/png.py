"""PNG files (W3C Portable Network Graphics, third edition): chunks, rows, the bare picture."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from imagefile import exif
from imagefile.errors import DamagedFile, TooManyChunks, UnsupportedFormat
from imagefile.header import Header, Picture, read_at, size_of

MAGIC: Final = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS_BEFORE_PICTURE: Final = 4_096
MAX_CHUNKS: Final = 32_768
"""Some encoders write each row as a chunk, animations two for each frame."""
MAX_PROFILE_BYTES: Final = 8 << 20
"""Of a color profile, once decompressed; a larger one is left out."""

_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""By color type (section 11.2.1)."""
_DEPTHS: Final = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
_GRAY, _RGB, _PALETTE = 0, 2, 3
_HEADER_BYTES: Final = 13
_PIECE_BYTES: Final = 1 << 16


@dataclass(frozen=True)
class _Chunk:
    kind: bytes
    start: int
    """Where its data begins."""
    length: int
    """Of its data, as it says itself."""


@dataclass(frozen=True)
class _ImageHeader:
    width: int
    height: int
    depth: int
    color: int
    is_interlaced: bool

    @property
    def row_bytes(self) -> int:
        """Of a row with its filter byte, decompressed."""
        return 1 + (self.width * self.depth * _CHANNELS[self.color] + 7) // 8


def read_header(file: BinaryIO) -> Header:
    """Reads the image header, and the orientation wherever it stands.

    Raises:
        ImageFileError: it is damaged, or has too many chunks.
    """
    chunks = _chunks(file)
    header = _image_header(file, next(chunks, None))
    orientation = None
    has_picture = False
    has_palette = header.color != _PALETTE
    for chunk in chunks:
        has_picture = has_picture or chunk.kind == b"IDAT"
        has_palette = has_palette or (chunk.kind == b"PLTE" and not has_picture)
        if chunk.kind == b"eXIf" and orientation is None:
            body = read_at(file, chunk.start, min(chunk.length, exif.MAX_BYTES))
            orientation = exif.orientation(body)
    if not has_picture:
        raise DamagedFile("PNG", "its picture is missing")
    if not has_palette:
        raise DamagedFile("PNG", "its palette is missing")
    return Header("PNG", header.width, header.height, orientation or exif.UPRIGHT)


def picture(file: BinaryIO) -> Picture:
    """The file with its picture, palette and transparent color alone.

    Raises:
        ImageFileError: as `read_header`; or its picture breaks off and nothing of it can be shown.
    """
    chunks = _chunks(file)
    header = _image_header(file, next(chunks, None))
    before = [_chunk(b"IHDR", read_at(file, 16, _HEADER_BYTES))]
    data: list[bytes] = []
    profile = None
    has_end = False
    for chunk in chunks:
        if chunk.kind == b"IDAT":
            data.append(read_at(file, chunk.start, chunk.length))
        has_end = chunk.kind == b"IEND"
        if data:
            continue
        body = _sound_body(file, chunk) if chunk.kind in {b"PLTE", b"tRNS", b"iCCP"} else None
        if chunk.kind == b"PLTE" and body is None:
            raise DamagedFile("PNG", "its palette has a wrong checksum")
        if body is not None and chunk.kind == b"iCCP":
            profile = _profile(body)
        elif body is not None and (chunk.kind == b"PLTE" or _is_transparency(header, body)):
            before.append(_chunk(chunk.kind, _scaled(header, chunk.kind, body)))
    pixels, rows = b"".join(data), None
    if not has_end:
        pixels, rows = _completed(header, pixels)
    content = [MAGIC, *before, _chunk(b"IDAT", pixels), _chunk(b"IEND", b"")]
    is_truncated = rows is not None and rows < header.height
    return Picture(b"".join(content), rows, is_truncated=is_truncated, icc_profile=profile)


def _chunks(file: BinaryIO) -> Iterator[_Chunk]:
    """The chunks up to the picture's end; the last one may be cut short."""
    end = size_of(file)
    at, picture_at = len(MAGIC), MAX_CHUNKS_BEFORE_PICTURE
    for number in range(MAX_CHUNKS):
        head = read_at(file, at, 8)
        if len(head) < 8 or not head[4:].isalpha():
            return
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IDAT":
            picture_at = MAX_CHUNKS
        if number >= picture_at:
            raise TooManyChunks("PNG", MAX_CHUNKS_BEFORE_PICTURE)
        yield _Chunk(kind, at + 8, length)
        at += length + 12
        if kind == b"IEND" or at > end:
            return
    raise TooManyChunks("PNG", MAX_CHUNKS)


def _image_header(file: BinaryIO, chunk: _Chunk | None) -> _ImageHeader:
    if chunk is not None and chunk.kind == b"CgBI":
        raise UnsupportedFormat(
            "This PNG file was made for apps on an iPhone and is not an ordinary one:"
            " open it in Preview on a Mac, export it as PNG and send that."
        )
    is_header = chunk is not None and chunk.kind == b"IHDR" and chunk.length == _HEADER_BYTES
    body = _sound_body(file, chunk) if chunk is not None and is_header else None
    if body is None:
        raise DamagedFile("PNG", "its header is broken")
    width, height, depth, color, compression, filtering, interlace = struct.unpack(">IIBBBBB", body)
    if depth not in _DEPTHS.get(color, ()) or compression or filtering or interlace > 1:
        raise DamagedFile("PNG", "its header names a kind of pixels that does not exist")
    if not 0 < width < 1 << 31 or not 0 < height < 1 << 31:
        raise DamagedFile("PNG", "its picture has no pixels")
    return _ImageHeader(width, height, depth, color, bool(interlace))


def _sound_body(file: BinaryIO, chunk: _Chunk) -> bytes | None:
    """A chunk's data; None: it is cut short or its checksum is wrong."""
    body = read_at(file, chunk.start, chunk.length)
    checksum = read_at(file, chunk.start + chunk.length, 4)
    return body if checksum == _checksum(chunk.kind, body) else None


def _chunk(kind: bytes, body: bytes) -> bytes:
    return b"".join((len(body).to_bytes(4, "big"), kind, body, _checksum(kind, body)))


def _checksum(kind: bytes, body: bytes) -> bytes:
    return zlib.crc32(body, zlib.crc32(kind)).to_bytes(4, "big")


def _profile(body: bytes) -> bytes | None:
    """The color profile of an iCCP chunk (section 11.3.2.3); None: it is broken or too large."""
    name, _, rest = body.partition(b"\0")
    if not name or rest[:1] != b"\0":
        return None
    inflating = zlib.decompressobj()
    try:
        profile = inflating.decompress(rest[1:], MAX_PROFILE_BYTES)
    except zlib.error:
        return None
    return profile if inflating.eof else None


def _is_transparency(header: _ImageHeader, body: bytes) -> bool:
    """Whether a tRNS chunk is one that this kind of pixels may have (section 11.3.1.1)."""
    if header.color == _PALETTE:
        return len(body) <= 256
    return len(body) == {_GRAY: 2, _RGB: 6}.get(header.color)


def _scaled(header: _ImageHeader, kind: bytes, body: bytes) -> bytes:
    """A transparent color on the scale of the pixels that Pillow compares it with.

    It makes 8 bits of gray of 2 and 4 bits and of colors of 16 bits, but leaves this color as it
    is. What differs from it only in the lower half of 16 bits becomes transparent too.
    """
    if kind != b"tRNS" or header.color == _PALETTE:
        return body
    values = struct.unpack(f">{len(body) // 2}H", body)
    if header.color == _GRAY and header.depth in {2, 4}:
        most = (1 << header.depth) - 1
        values = tuple((value & most) * 255 // most for value in values)
    elif header.color == _RGB and header.depth == 16:
        values = tuple(value >> 8 for value in values)
    return struct.pack(f">{len(values)}H", *values)


def _completed(header: _ImageHeader, data: bytes) -> tuple[bytes, int]:
    """The compressed pixels of a picture that breaks off, with rows of zeros for those that are
    missing; and how many rows are there.

    Raises:
        DamagedFile: no row is there, or it is interlaced, so that none is whole.
    """
    size = header.row_bytes * header.height
    inflating, deflating = zlib.decompressobj(), zlib.compressobj(1)
    whole: list[bytes] = []
    length = 0
    for piece in _inflated(inflating, data, size):
        length += len(piece)
        whole.append(deflating.compress(piece))
    rows = length // header.row_bytes
    if rows < header.height and (not rows or header.is_interlaced):
        raise DamagedFile("PNG", "it ends before its picture does")
    whole += (
        deflating.compress(bytes(min(_PIECE_BYTES, size - begin)))
        for begin in range(length, size, _PIECE_BYTES)
    )
    return b"".join((*whole, deflating.flush())), rows


def _inflated(inflating: "zlib._Decompress", data: bytes, size: int) -> Iterator[bytes]:
    """At most `size` bytes, in pieces, as far as the data goes."""
    while size and data:
        try:
            piece = inflating.decompress(data, min(size, _PIECE_BYTES))
        except zlib.error:
            return
        if not piece:
            return
        yield piece
        size -= len(piece)
        data = inflating.unconsumed_tail
